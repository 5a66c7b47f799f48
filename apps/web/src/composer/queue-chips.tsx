import { useEffect, useRef } from "react";
import type { QueuedPrompt } from "../session/session-facts.ts";
import { draftOf } from "./draft.ts";
import { QueueChip } from "./queue-chip.tsx";
import { forgetEdit, useQueueEdits, writeEdit } from "./queue-edits.ts";
import { useQueue } from "./use-queue.ts";

interface QueueChipsProps {
  sessionId: string;
  queue: readonly QueuedPrompt[];
  /** Focuses the message box when the focused field is gone. */
  focusComposer: () => void;
}

/**
 * Queued prompts in order: each can be edited, moved and removed until its task starts. An edit that came too late
 * stays open until the user decides.
 */
export function QueueChips({ sessionId, queue, focusComposer }: QueueChipsProps) {
  const { edit, move, cancel } = useQueue(sessionId);
  const edits = useQueueEdits(sessionId);
  const queued = new Set(queue.map(({ taskId }) => taskId));
  const lost = Object.values(edits).filter(({ taskId }) => !queued.has(taskId));
  /** Saves in flight, by task: Enter moves the focus, and the blur would save a second time. */
  const saving = useRef(new Map<string, string>());
  useEffect(() => {
    // Nothing was changed.
    for (const { taskId, text } of lost) if (text.trim() === "") forgetEdit(sessionId, taskId);
  });
  if (queue.length === 0 && lost.length === 0) return null;
  const chips = [
    ...lost.map(({ taskId, text }) => ({ key: taskId, taskId, prompt: text, place: null })),
    ...queue.map((prompt, index) => ({ ...prompt, place: index + 1 })),
  ];
  return (
    <ol aria-label="Queued" className="mb-1.5 flex max-h-44 flex-col gap-1 overflow-y-auto">
      {chips.map(({ key, taskId, prompt, place }) => {
        const at = (place ?? 1) - 1;
        const edited = taskId === null ? null : (edits[taskId]?.text ?? null);
        const end = (): void => {
          if (taskId !== null) forgetEdit(sessionId, taskId);
          focusComposer();
        };
        const keep = (): void => {
          if (taskId === null || edited === null) return;
          if (place === null) {
            draftOf(sessionId).giveBack(edited);
            end();
          } else if (edited.trim() === "" || edited === prompt) forgetEdit(sessionId, taskId);
          else if (saving.current.get(taskId) !== edited) {
            saving.current.set(taskId, edited);
            edit(taskId, edited, () => saving.current.delete(taskId));
          }
        };
        return (
          <QueueChip
            key={key}
            place={place}
            prompt={prompt}
            edited={edited}
            isSent={taskId !== null}
            begin={() => taskId !== null && writeEdit(sessionId, { taskId, text: prompt })}
            write={(text) => taskId !== null && writeEdit(sessionId, { taskId, text })}
            keep={keep}
            focusComposer={focusComposer}
            discard={end}
            cancel={() => cancel(taskId)}
            // Before the previous one, or before the one after the next.
            moveUp={at === 0 ? null : () => move(taskId, queue[at - 1]?.taskId ?? null)}
            moveDown={at === queue.length - 1 ? null : () => move(taskId, queue[at + 2]?.taskId ?? null)}
          />
        );
      })}
    </ol>
  );
}
