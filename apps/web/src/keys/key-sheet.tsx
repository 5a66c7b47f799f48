import { Dialog } from "radix-ui";
import { OverlayDialog } from "../ui/overlay-dialog.tsx";
import { Keys } from "../ui/keys.tsx";
import { isApple, useModifierKey } from "./modifier-key.ts";
import { useSingleKeys } from "./single-keys.ts";

/** List of all keyboard shortcuts. */
export function KeySheet() {
  const modifier = useModifierKey();
  const singleKeys = useSingleKeys();
  const groups = [
    {
      title: "Everywhere",
      keys: [
        [`${modifier} K`, "Search sessions, messages, commands"],
        [isApple() ? "⌥ C" : "Alt C", "New task"],
        ["?", "Keyboard shortcuts"],
      ],
    },
    {
      title: "On the start page",
      keys: [
        ["J", "Next session"],
        ["K", "Previous session"],
        ["Space", "Peek"],
        ["X", "Select"],
        ["E", "Archive"],
      ],
    },
    {
      title: "In a session",
      keys: [
        ["/", "Focus message box"],
        ["J", "Next event"],
        ["K", "Previous event"],
        ["[ ]", "Previous / next prompt"],
        ["E", "Expand or collapse"],
        ["G", "Jump to latest"],
        ["I", "Open or close the inspector"],
        ["F", "Search this session"],
        [`${modifier} ⇧ F`, "The same, from the message box"],
      ],
    },
    {
      title: "In a diff, from a line's number",
      keys: [
        ["↑ ↓", "Previous / next line"],
        ["⇧ ↑ ↓", "Select lines"],
        ["↵", "Comment on the line, or the selected lines"],
        [`${modifier} ↵`, "Save the comment"],
      ],
    },
    {
      title: "Approvals",
      keys: [
        ["⇧ Tab", "From the message box to the approval"],
        ["↵", "Press the focused button"],
        ["Esc", "Deny (with a button focused)"],
        [`${modifier} ↵`, "Allow (inside the approval)"],
      ],
    },
    {
      title: "While writing",
      keys: [
        ["↵", "Send, or queue while a task runs"],
        [`${modifier} ↵`, "Steer the running task"],
        [`${modifier} ⇧ ↵`, "Send now, stopping the running task"],
        ["⇧ ↵", "New line"],
        ["@", "Insert a file of the workspace"],
        ["/", "Commands, at the start"],
        ["Esc Esc", "Stop the task"],
        ["Esc", "Leave the message box"],
      ],
    },
  ] as const;
  return (
    <OverlayDialog className="max-h-[76dvh] w-105 overflow-y-auto p-5">
      <Dialog.Title className="text-sm font-semibold">Keyboard shortcuts</Dialog.Title>
      {!singleKeys && (
        <p className="mt-1 text-sm text-muted">Single letters are turned off in the settings.</p>
      )}
      {groups.map(({ title, keys }) => (
        <section key={title} aria-label={title} className="mt-4">
          <h3 className="mb-1 text-xs font-medium text-faint">{title}</h3>
          <dl>
            {keys.map(([key, does]) => (
              <div key={key} className="flex h-8 items-center justify-between text-sm">
                <dt className="order-2">
                  <Keys keys={key} />
                </dt>
                <dd className="text-muted">{does}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </OverlayDialog>
  );
}
