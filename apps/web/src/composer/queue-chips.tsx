import { MAX_STEER_LENGTH } from "@trunkline/contract";
import { useState } from "react";
import type { QueuedPrompt } from "../session/session-facts.ts";
import { QueueChip } from "./queue-chip.tsx";
import { afterMove, type Move, moveTo } from "./queue-order.ts";
import { SteerChips } from "./steer-chips.tsx";
import { useChipDrag } from "./use-chip-drag.ts";
import { useChipEdits } from "./use-chip-edit.ts";
import { useQueue } from "./use-queue.ts";

interface QueueChipsProps {
  sessionId: string;
  /** Those that have not started, messages for the running task first. */
  waiting: readonly QueuedPrompt[];
  /** Null: nothing runs. */
  running: string | null;
  isWaitingForAnswer: boolean;
  /** Focuses the message box when the focused field is gone. */
  focusComposer: () => void;
}

/**
 * What waits, in order: it can be edited, moved, handed to the running task, sent now and removed until it starts. An
 * edit that came too late stays open until the user decides.
 */
export function QueueChips(props: QueueChipsProps) {
  const { sessionId, waiting, running, isWaitingForAnswer, focusComposer } = props;
  const queue = useQueue(sessionId);
  const { editOf, lost } = useChipEdits(sessionId, waiting, { queue, focusComposer });
  const [pending, setPending] = useState<Move | null>(null);
  const known = waiting.filter(({ isSteer }) => !isSteer);
  // As it will be once the server has it.
  const queued = pending === null ? known : afterMove(known, pending);
  const [said, say] = useState("");
  const drag = useChipDrag(
    queued.map(({ taskId }) => taskId),
    (taskId, place) => {
      const move = moveTo(queued, taskId, place);
      if (move === null) return;
      setPending(move);
      say(`Moved to number ${Math.min(Math.max(place, 0), queued.length - 1) + 1} of ${queued.length}`);
      queue.move(move, () => setPending((now) => (now === move ? null : now)));
    },
  );
  const first = waiting[0]?.taskId ?? null;
  const chips = [
    ...lost.map(({ taskId, text }) => ({
      chip: { key: taskId, taskId, prompt: text, files: [], isSteer: false },
      place: null,
    })),
    ...queued.map((chip, place) => ({ chip, place })),
  ];
  return (
    <>
      <SteerChips
        messages={waiting.filter(({ isSteer }) => isSteer)}
        isWaitingForAnswer={isWaitingForAnswer}
        editOf={editOf}
        queue={(taskId) => queue.move({ taskId, beforeTaskId: queued[0]?.taskId ?? null })}
        cancel={queue.cancel}
      />
      {chips.length > 0 && (
        <ol aria-label="Queued" className="mb-1.5 flex max-h-46 flex-col gap-1 overflow-y-auto">
          {chips.map(({ chip, place }) => {
            const { key, taskId, prompt, files } = chip;
            const canSteer = running !== null && files.length === 0 && prompt.length <= MAX_STEER_LENGTH;
            return (
              <QueueChip
                key={key}
                chip={chip}
                place={place}
                edit={editOf(chip, place === null)}
                drag={drag}
                steer={canSteer && taskId !== null ? () => queue.steer(taskId) : null}
                sendNow={() =>
                  taskId !== null && queue.sendNow(taskId, taskId === first ? null : first, running)
                }
                cancel={() => taskId !== null && queue.cancel(taskId)}
              />
            );
          })}
        </ol>
      )}
      <output className="sr-only">{queued.length > 0 && said}</output>
    </>
  );
}
