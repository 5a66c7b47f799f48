import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTRPC, useTRPCClient } from "../api/trpc.ts";
import { reload } from "../api/reload.ts";
import {
  type NotificationState,
  notify,
  turnNotifications,
  useNotifications,
} from "../notifications/notifications.ts";
import { subscribedHere } from "../notifications/push.ts";
import { showToast } from "../ui/toasts.ts";
import { Button } from "../ui/button.tsx";
import { DeviceRow } from "./device-row.tsx";
import { Fact, Note, Section } from "./section.tsx";

const TEST = {
  title: "Trunkline",
  body: "Notifications work on this device",
  tag: "test",
  path: "/settings",
};

/** Whether this browser tells of sessions that need their user or have ended, and which other devices do. */
export function NotificationsSection() {
  const { state, withoutPush } = useNotifications();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queries = useQueryClient();
  const devices = useQuery(trpc.push.list.queryOptions());
  const refresh = async (): Promise<void> => reload(queries, trpc.push.list.queryKey());
  const turn = useMutation({ mutationFn: turnNotifications, onSettled: refresh });
  const test = useMutation({
    async mutationFn() {
      const here = subscribedHere();
      if (here === null) return notify(TEST, { always: true });
      const { failure } = await client.push.test.mutate({ subscriptionId: here.id });
      if (failure !== null) showToast("The test wasn't delivered", { detail: `${failure}.`, level: "error" });
      return undefined;
    },
    onSettled: refresh,
  });
  const remove = useMutation({
    async mutationFn(subscriptionId: string) {
      if (subscriptionId === subscribedHere()?.id) return turnNotifications(false);
      return void (await client.push.unsubscribe.mutate({ subscriptionId }));
    },
    onSettled: refresh,
  });
  const isUsable = state === "on" || state === "off";
  const problem = turn.error ?? test.error ?? remove.error ?? devices.error;
  const here = state === "on" ? subscribedHere()?.id : undefined;
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
            <Button size="small" disabled={test.isPending || turn.isPending} onClick={() => test.mutate()}>
              Send a test
            </Button>
          )}
        </span>
      </Fact>
      <Note>{turn.isPending ? "Waiting for the browser…" : noteOf(state, withoutPush)}</Note>
      {problem !== null && (
        <p role="alert" className="px-4 py-2.5 text-sm text-failed">
          {problem.message}
        </p>
      )}
      {devices.data?.items.map((device) => (
        <DeviceRow
          key={device.id}
          device={device}
          isThisOne={device.id === here}
          isBusy={remove.isPending && remove.variables === device.id}
          remove={() => remove.mutate(device.id)}
        />
      ))}
    </Section>
  );
}

function noteOf(state: NotificationState, withoutPush: string | null): string {
  if (state === "on" && withoutPush !== null) {
    return `Only while Trunkline is open and none of its tabs is visible: ${withoutPush}. They name the session, never its content.`;
  }
  return NOTES[state];
}

const NOTES = {
  on: "They come even when Trunkline is closed, and name the session, never its content.",
  off: "They come even when Trunkline is closed, and name the session, never its content.",
  blocked: "Blocked in this browser's settings for this site. Allow notifications there first.",
  insecure: "Notifications need HTTPS, or localhost.",
  "not-installed":
    "On iPhone and iPad, add Trunkline to the Home Screen first (Share, then Add to Home Screen), and turn notifications on there.",
  unavailable: "This browser has no notifications.",
} as const;
