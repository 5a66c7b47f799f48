import { useMutation } from "@tanstack/react-query";
import { notify, turnNotifications, useNotificationState } from "../notifications/notifications.ts";
import { Button } from "../ui/button.tsx";
import { Fact, Note, Section } from "./section.tsx";

const TEST = {
  title: "Trunkline",
  body: "Notifications work on this device",
  tag: "test",
  path: "/settings",
};

/** Whether this browser tells of sessions that need their user or have ended. */
export function NotificationsSection() {
  const state = useNotificationState();
  const turn = useMutation({ mutationFn: turnNotifications });
  const isUsable = state === "on" || state === "off";
  return (
    <Section title="Notifications">
      <Fact name="On this device">
        <span className="flex flex-wrap items-baseline gap-x-3 gap-y-2">
          <label className="flex min-w-0 grow items-baseline gap-2">
            <input
              type="checkbox"
              checked={state === "on"}
              disabled={!isUsable || turn.isPending}
              onChange={(event) => turn.mutate(event.target.checked)}
              className="size-4 self-center accent-accent"
            />
            When a session needs you, finishes or fails
          </label>
          {state === "on" && (
            <Button size="small" onClick={() => void notify(TEST, { always: true })}>
              Send a test
            </Button>
          )}
        </span>
      </Fact>
      <Note>{NOTES[state]}</Note>
    </Section>
  );
}

const NOTES = {
  on: "Shown while Trunkline is open and none of its tabs is visible. They name the session, never its content.",
  off: "Shown while Trunkline is open and none of its tabs is visible. They name the session, never its content.",
  blocked: "Blocked in this browser's settings for this site. Allow notifications there first.",
  unavailable: "Not available here: notifications take HTTPS or localhost, and a browser that has them.",
} as const;
