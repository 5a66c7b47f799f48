import type { QueuedPrompt } from "../session/session-facts.ts";

/** What `task.move` takes. */
export interface Move {
  taskId: string;
  /** Null: to the end. */
  beforeTaskId: string | null;
}

/** The queue once the move is done; unchanged if either of its tasks is gone. */
export function afterMove(
  queue: readonly QueuedPrompt[],
  { taskId, beforeTaskId }: Move,
): readonly QueuedPrompt[] {
  const moving = queue.find((one) => one.taskId === taskId);
  const others = queue.filter((one) => one !== moving);
  const place =
    beforeTaskId === null ? others.length : others.findIndex((one) => one.taskId === beforeTaskId);
  return moving === undefined || place === -1 ? queue : others.toSpliced(place, 0, moving);
}

/** @returns the move that gets a task to a place, from 0; null if it is there, or one in the way is still being sent. */
export function moveTo(queue: readonly QueuedPrompt[], taskId: string, place: number): Move | null {
  const others = queue.filter((one) => one.taskId !== taskId);
  const to = Math.max(0, Math.min(place, others.length));
  if (others.length === queue.length || queue[to]?.taskId === taskId) return null;
  const next = others[to];
  if (next === undefined) return { taskId, beforeTaskId: null };
  return next.taskId === null ? null : { taskId, beforeTaskId: next.taskId };
}
