import { X } from "lucide-react";
import type { QueuedPrompt } from "../session/session-facts.ts";
import { IconButton } from "../ui/icon-button.tsx";

/** What waits for the running task, in order. */
export function QueueChips({
  queue,
  cancel,
}: {
  queue: readonly QueuedPrompt[];
  cancel: (taskId: string) => void;
}) {
  if (queue.length === 0) return null;
  return (
    <ol aria-label="Queued" className="mb-1.5 flex max-h-32 flex-col gap-1 overflow-y-auto">
      {queue.map(({ key, taskId, prompt }, index) => (
        <li
          key={key}
          className="flex h-8 shrink-0 animate-appear items-center gap-2.5 rounded-lg border border-line bg-surface pr-1 pl-3 text-sm"
        >
          <span className="text-xs text-faint">{index + 1}</span>
          <span className="min-w-0 grow truncate text-muted">{prompt}</span>
          <span className="text-xs text-faint">{taskId === null ? "Sending" : "Queued"}</span>
          {taskId !== null && (
            <IconButton small icon={X} label="Remove from the queue" onClick={() => cancel(taskId)} />
          )}
        </li>
      ))}
    </ol>
  );
}
