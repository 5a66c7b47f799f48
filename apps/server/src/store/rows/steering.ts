import { MAX_WAITING_STEERS } from "@trunkline/contract";
import { refuse } from "../refusal.ts";
import { change, type RowChange, type RowReader } from "./row-change.ts";

/** Columns of a task that is no message for another. */
export const NO_STEER = { steers: null, steer_seq: null } as const;

/**
 * Where a message for an unfinished task waits: behind that task and earlier messages for it, before everything else. So
 * it is the next task if that one ends first.
 * @param ownId of the task that is the message.
 * @returns its place, and the changes that make room for it.
 * @throws Refused if the task has ended, or too many wait for it.
 */
export function placeOfSteer(
  targetId: string,
  ownId: string,
  rows: RowReader,
): { pos: number; moved: RowChange[] } {
  const target = rows.task(targetId);
  const sessionId = rows.session()?.id;
  const isThere = target !== undefined && target.session_id === sessionId && target.ended_at === null;
  if (!isThere || target.id === ownId) {
    throw refuse("place", `task ${targetId} has ended`);
  }
  const behind = rows.queuedFrom(target.pos).filter(({ id }) => id !== target.id && id !== ownId);
  const earlier = behind.filter(({ steers }) => steers === target.id);
  if (earlier.length >= MAX_WAITING_STEERS) {
    throw refuse("steering", `${earlier.length} messages wait for task ${targetId}`);
  }
  const pos = earlier.reduce((last, other) => Math.max(last, other.pos), target.pos) + 1;
  const isTaken = behind.some((other) => other.pos === pos);
  const moved = behind
    .filter((other) => isTaken && other.pos >= pos)
    .map((other) => change.update("tasks", other.id, { pos: other.pos + 1 }));
  return { pos, moved };
}
