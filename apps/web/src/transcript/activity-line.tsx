import { CircleAlert, LoaderCircle } from "lucide-react";
import { useSessionState } from "../session-stream/use-open-session.ts";
import { activeTask } from "../session/session-facts.ts";
import { clock } from "../text/duration.ts";
import { useNow } from "../ui/use-now.ts";
import { activityWords } from "./activity-words.ts";

/** What goes on at this moment, and for how long, once it takes a while. */
export function ActivityLine() {
  const view = useSessionState((state) => state.view);
  const heardAt = useSessionState((state) => state.heardAt);
  const awaySince = useSessionState((state) => state.awaySince);
  const now = useNow();
  const task = activeTask(view);
  const silentMs = Math.max(0, now - heardAt);
  const { words, isSlow } = activityWords(
    task,
    view.rows,
    silentMs,
    awaySince === null ? 0 : now - awaySince,
  );
  return (
    <div className="absolute bottom-3 left-0 flex h-9 w-full items-center gap-2 px-6 text-sm text-muted max-md:px-4">
      {task?.state === "input-required" ? (
        <CircleAlert aria-hidden className="size-3.5 text-waits" strokeWidth={2.25} />
      ) : (
        <LoaderCircle
          aria-hidden
          className="size-3.5 text-runs motion-safe:animate-spin"
          strokeWidth={2.25}
        />
      )}
      <span>
        {words}
        {isSlow && ` · ${clock(silentMs)}`}
      </span>
    </div>
  );
}
