import { Archive } from "lucide-react";
import { type KeyboardEvent, useRef, useState } from "react";
import { useKeys } from "../keys/on-key.ts";
import { markSeen, useUnseen } from "../sessions/seen.ts";
import { archiveSessions } from "../sessions/session-actions.ts";
import { isActive, statusOfSession } from "../sessions/status.ts";
import { useSessions } from "../sessions/use-sessions.ts";
import { plural } from "../text/quantity.ts";
import { Button } from "../ui/button.tsx";
import { Keys } from "../ui/keys.tsx";
import { showToast } from "../ui/toasts.ts";
import { InboxTable } from "./inbox-table.tsx";
import { nextRow, runningSessions, toggled } from "./inbox-rows.ts";
import { NeedsYou } from "./needs-you.tsx";

/** What needs the user, what runs, and what ended unseen. */
export function Inbox() {
  const { sessions, error, retry } = useSessions();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [open, setOpen] = useState<string | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const running = runningSessions(sessions);
  const unseen = useUnseen(sessions);
  const chosen = [...running, ...unseen].filter(({ id }) => selected.has(id));

  const rows = (): HTMLElement[] => [
    ...(list.current?.querySelectorAll<HTMLElement>("[data-inbox-row]") ?? []),
  ];
  const focusedId = (): string | null =>
    document.activeElement?.closest("tr")?.querySelector<HTMLElement>("[data-inbox-row]")?.dataset[
      "inboxRow"
    ] ?? null;
  const step = (by: 1 | -1): void => {
    const all = rows();
    all[
      nextRow(
        all.findIndex(({ dataset }) => dataset["inboxRow"] === focusedId()),
        by,
        all.length,
      )
    ]?.focus();
  };
  const select = (id: string): void => setSelected(toggled(selected, id));
  const archive = (ids: readonly string[]): void => {
    const ended = ids.filter((id) => {
      const session = sessions.find((one) => one.id === id);
      return session !== undefined && !isActive(statusOfSession(session)) && session.status !== "queued";
    });
    if (ended.length < ids.length)
      showToast("Running sessions stay", { detail: "Stop a session to archive it." });
    if (ended.length === 0) return;
    // The row goes with its focus; the next one has it then.
    const all = rows();
    const place = all.findIndex(({ dataset }) => dataset["inboxRow"] === focusedId());
    const next = all.slice(place + 1).find(({ dataset }) => !ended.includes(dataset["inboxRow"] ?? ""));
    next?.focus();
    setSelected(new Set());
    void archiveSessions(ended);
  };
  useKeys({
    j: () => step(1),
    k: () => step(-1),
    x: () => {
      const id = focusedId();
      if (id !== null) select(id);
    },
    e: () => {
      const id = focusedId();
      if (chosen.length > 0) archive(chosen.map((session) => session.id));
      else if (id !== null) archive([id]);
    },
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    const id = event.target instanceof HTMLElement ? event.target.dataset["inboxRow"] : undefined;
    if (event.key !== " " || id === undefined) return;
    event.preventDefault();
    if (!event.repeat) setOpen(open === id ? null : id);
  };
  if (error !== null) {
    return (
      <div role="alert" className="mt-8 flex items-center gap-3 text-sm text-muted">
        Couldn't load sessions. {error.message}
        <Button size="small" onClick={retry}>
          Retry
        </Button>
      </div>
    );
  }
  const table = { selected, select, open };
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- keys of the links within
    <div ref={list} onKeyDown={onKeyDown}>
      <NeedsYou sessions={sessions} />
      <InboxTable title="Running" sessions={running} {...table} />
      <InboxTable
        title="Ended"
        sessions={unseen}
        {...table}
        action={
          <Button
            size="small"
            look="quiet"
            onClick={() => {
              for (const { id, currentTask } of unseen) markSeen(id, currentTask?.endedAt ?? 0);
            }}
          >
            Mark all as seen
          </Button>
        }
      />
      {chosen.length > 0 && (
        <div className="sticky bottom-3 mx-auto mt-3 flex w-fit items-center gap-2 rounded-lg border border-line bg-background px-3 py-1.5 text-sm shadow-float">
          <span>{plural(chosen.length, "session")} selected</span>
          <Button size="small" onClick={() => archive(chosen.map(({ id }) => id))}>
            <Archive aria-hidden className="size-3.5" /> Archive
          </Button>
          <Button size="small" look="quiet" onClick={() => setSelected(new Set())}>
            Clear
          </Button>
        </div>
      )}
      {running.length + unseen.length > 0 && (
        <p className="mt-3 px-1 text-xs text-faint pointer-coarse:hidden">
          <Keys keys="J" /> <Keys keys="K" /> move · <Keys keys="Space" /> peek · <Keys keys="X" /> select ·{" "}
          <Keys keys="E" /> archive
        </p>
      )}
    </div>
  );
}
