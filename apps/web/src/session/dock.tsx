import { type RefObject, useMemo, useState } from "react";
import { AgentSelect } from "../agents/agent-select.tsx";
import { useSessionAgent } from "../agents/use-session-agent.ts";
import { ApprovalDock } from "../approvals/approval-dock.tsx";
import { Composer, type ComposerHandle } from "../composer/composer.tsx";
import { useQueueEdits } from "../composer/queue-edits.ts";
import { WaitingChips } from "../composer/waiting-chips.tsx";
import { ModelChoice } from "../models/model-choice.tsx";
import { outbox } from "../outbox/use-outbox.ts";
import { QueueChips } from "../shell/later-parts.tsx";
import { useSessionState } from "../session-stream/use-open-session.ts";
import { activeTask, waitingPrompts } from "./session-facts.ts";
import { useCancel } from "./use-cancel.ts";
import { useOutgoing } from "./use-outgoing.ts";
import { useSessionCommands } from "./use-session-commands.ts";
import { useSessionModel } from "./use-session-model.ts";

/** Below the transcript: the queue, open requests and the composer. */
export function Dock({
  sessionId,
  composer,
}: {
  sessionId: string;
  composer: RefObject<ComposerHandle | null>;
}) {
  const isKnown = useSessionState(({ session }) => session !== null);
  const told = useSessionState(({ view }) => view.tasks);
  const tasks = useSessionState((state) => state.tasks);
  const { outgoing, waiting: unsent } = useOutgoing();
  const waiting = useMemo(() => waitingPrompts({ told, tasks, outgoing }), [told, tasks, outgoing]);
  const edits = useQueueEdits(sessionId);
  const active = activeTask({ tasks: told });
  const { cancel, isCanceling } = useCancel();
  // Nothing runs before the first one: the transcript shows it already.
  const queue =
    active === null ? waiting.filter(({ taskId }, place) => place > 0 || (taskId ?? "") in edits) : waiting;
  // Once it is there it stays, because it moves the focus when its last row goes.
  const [hadQueue, setHadQueue] = useState(false);
  const hasQueue = hadQueue || queue.length > 0 || Object.keys(edits).length > 0;
  if (hasQueue && !hadQueue) setHadQueue(true);
  const first = active?.id ?? waiting[0]?.taskId ?? null;
  const following = waiting.flatMap(({ taskId }) => (taskId === null || taskId === first ? [] : [taskId]));
  const stop =
    first === null
      ? null
      : {
          taskId: first,
          stop: () => cancel(first),
          // From the last: none of them starts meanwhile.
          stopAll: () => cancel(...following.toReversed(), first),
          isStopping: isCanceling(first),
          queued: following.length,
        };
  const model = useSessionModel(sessionId);
  const agent = useSessionAgent(sessionId);
  const commands = useSessionCommands(sessionId, { stop, model, agent });
  return (
    // On a low screen, such as a phone held sideways, what is above the message box scrolls.
    <div className="mx-auto flex min-h-0 w-full max-w-[808px] flex-col px-6 pb-4 max-md:px-2 max-md:pb-2">
      <div className="min-h-0 overflow-y-auto">
        {hasQueue && (
          <QueueChips
            sessionId={sessionId}
            waiting={queue}
            running={active?.id ?? null}
            isWaitingForAnswer={
              active?.state === "input-required" && active.reason !== "child" && active.reason !== "limit"
            }
            focusComposer={() => composer.current?.focus()}
          />
        )}
        <WaitingChips messages={unsent} />
        <ApprovalDock focusComposer={() => composer.current?.focus()} />
      </div>
      <Composer
        place={sessionId}
        handle={composer}
        placeholder={first === null ? "Ask for follow-up changes" : "Queue a follow-up…"}
        submit={({ text, files }, how) => void outbox.send(text, sessionId, { how, files })}
        isBusy={first !== null}
        stop={stop}
        completion={{ sessionId, commands }}
      >
        {isKnown && (
          <span className="flex flex-wrap items-center gap-x-2">
            <ModelChoice {...model} />
            <AgentSelect value={agent.agent} choose={agent.choose} />
          </span>
        )}
      </Composer>
    </div>
  );
}
