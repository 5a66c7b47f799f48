import { useMutation } from "@tanstack/react-query";
import { CircleAlert, LoaderCircle } from "lucide-react";
import { memo } from "react";
import { useShallow } from "zustand/react/shallow";
import { useTRPC } from "../api/trpc.ts";
import { isConnectionError } from "../network/network.ts";
import { useIsReadOnly } from "../session-stream/read-only.ts";
import { useSessionState } from "../session-stream/use-open-session.ts";
import { activeTask } from "../session/session-facts.ts";
import { clock } from "../text/duration.ts";
import { Button } from "../ui/button.tsx";
import { showToast } from "../ui/toasts.ts";
import { useNow } from "../ui/use-now.ts";
import { activityWords } from "./activity-words.ts";

/** Shorter waits show no time, in ms. */
const SHORT_MS = 1_000;

/** The current activity, and for how long. */
export const ActivityLine = memo(function ActivityLine() {
  const isReadOnly = useIsReadOnly();
  const now = useNow();
  const task = useSessionState(({ view }) => activeTask(view));
  // What it says, and not all that it says it of: the log changes with every frame.
  const { words, since, until } = useSessionState(
    useShallow(({ view, awaySince }) => activityWords(activeTask(view), view, now, awaySince)),
  );
  if (now === 0) return null;
  const needsSomebody =
    task?.state === "input-required" && task.reason !== "limit" && task.reason !== "child";
  return (
    <div
      translate="no"
      className="absolute bottom-3 left-0 flex h-9 w-full items-center gap-2 px-6 text-sm text-muted max-md:px-4"
    >
      {needsSomebody ? (
        <CircleAlert aria-hidden className="size-3.5 shrink-0 text-waits" strokeWidth={2.25} />
      ) : (
        <LoaderCircle
          aria-hidden
          className="size-3.5 shrink-0 text-runs motion-safe:animate-spin"
          strokeWidth={2.25}
        />
      )}
      <span className="min-w-0 truncate">{words}</span>
      {since !== null && now - since >= SHORT_MS && <span className="shrink-0">· {clock(now - since)}</span>}
      {until !== null && until > now && <span className="shrink-0">in {clock(until - now)}</span>}
      {!isReadOnly && task?.reason === "limit" && task.state === "input-required" && (
        <TryNow taskId={task.id} />
      )}
    </div>
  );
});

/** Ends the wait for a usage limit. */
function TryNow({ taskId }: { taskId: string }) {
  const trpc = useTRPC();
  const resume = useMutation(
    trpc.task.resume.mutationOptions({
      onError: (error) =>
        showToast("Couldn't try again", {
          detail: isConnectionError(error) ? "You're offline." : error.message,
          level: "error",
        }),
    }),
  );
  return (
    <Button
      size="small"
      disabled={resume.isPending || resume.isSuccess}
      onClick={() => resume.mutate({ taskId })}
    >
      Try now
    </Button>
  );
}
