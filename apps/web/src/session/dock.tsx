import { type RefObject, useMemo } from "react";
import { ApprovalDock } from "../approvals/approval-dock.tsx";
import { Composer, type ComposerHandle } from "../composer/composer.tsx";
import { QueueChips } from "../composer/queue-chips.tsx";
import { useCurrentSession, useSessionState } from "../session-stream/use-open-session.ts";
import { activeTask, waitingPrompts } from "./session-facts.ts";
import { useCancel } from "./use-cancel.ts";

/** Below the transcript: what is queued, what waits for somebody, and where one says more. */
export function Dock({
  sessionId,
  composer,
}: {
  sessionId: string;
  composer: RefObject<ComposerHandle | null>;
}) {
  const session = useCurrentSession();
  const view = useSessionState((state) => state.view);
  const tasks = useSessionState((state) => state.tasks);
  const outgoing = useSessionState((state) => state.outgoing);
  const waiting = useMemo(() => waitingPrompts({ view, tasks, outgoing }), [view, tasks, outgoing]);
  const active = activeTask(view);
  const { cancel, canceling } = useCancel();
  // Nothing runs before the first one then: it stands in the transcript already.
  const queue = active === null ? waiting.slice(1) : waiting;
  const first = active?.id ?? waiting[0]?.taskId ?? null;
  return (
    <div className="mx-auto w-full max-w-[808px] px-6 pb-4 max-md:px-2 max-md:pb-2">
      <QueueChips queue={queue} />
      <ApprovalDock />
      <Composer
        place={sessionId}
        handle={composer}
        placeholder={
          first === null ? "Say what is next" : "Say what is next; it is queued until this is done"
        }
        submit={(prompt, idempotencyKey) => session.submit(prompt, idempotencyKey)}
        stop={first === null ? null : () => cancel(first)}
        stopping={first !== null && canceling === first}
      />
    </div>
  );
}
