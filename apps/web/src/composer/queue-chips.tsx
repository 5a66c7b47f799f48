import type { QueuedPrompt } from "../session/session-facts.ts";
import { QueueChip } from "./queue-chip.tsx";
import { useQueue } from "./use-queue.ts";

/** What waits for the running task, in order: it can be edited, moved and taken back until it starts. */
export function QueueChips({ queue }: { queue: readonly QueuedPrompt[] }) {
  const { edit, move, cancel } = useQueue();
  if (queue.length === 0) return null;
  return (
    <ol aria-label="Queued" className="mb-1.5 flex max-h-36 flex-col gap-1 overflow-y-auto">
      {queue.map(({ key, taskId, prompt }, index) => (
        <QueueChip
          key={key}
          place={index + 1}
          prompt={prompt}
          isSent={taskId !== null}
          edit={(text) => edit(taskId, text)}
          cancel={() => cancel(taskId)}
          // Before the one above, or before the one that is two below.
          moveUp={index === 0 ? null : () => move(taskId, queue[index - 1]?.taskId ?? null)}
          moveDown={index === queue.length - 1 ? null : () => move(taskId, queue[index + 2]?.taskId ?? null)}
        />
      ))}
    </ol>
  );
}
