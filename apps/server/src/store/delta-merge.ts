import { isPiece as isPieceEvent, joinPieces } from "@trunkline/contract";
import type { CommitUnit } from "./port.ts";

/** Pieces that wait together become one event, up to this many UTF-16 units. */
const MAX_MERGED_LENGTH = 32_768;

/**
 * @returns one unit for two neighbouring pieces of the same block and attempt, or undefined where they must stay two.
 */
export function mergeDeltas(waiting: CommitUnit, next: CommitUnit): CommitUnit | undefined {
  const first = onlyPiece(waiting);
  const second = onlyPiece(next);
  if (first === undefined || second === undefined) return undefined;
  if (waiting.fence?.attempt !== next.fence?.attempt || waiting.fence?.taskId !== next.fence?.taskId) {
    return undefined;
  }
  const joined = joinPieces(first, second, MAX_MERGED_LENGTH);
  return joined === null ? undefined : { ...waiting, events: [joined] };
}

function onlyPiece(unit: CommitUnit) {
  const [event] = unit.events;
  if (event === undefined || unit.events.length !== 1 || !isPieceEvent(event)) return undefined;
  if ((unit.writes?.length ?? 0) > 0 || (unit.endedBlocks?.length ?? 0) > 0) return undefined;
  return event;
}

/** Whether a unit is no more than another piece of a block: the session does not count as updated then, and nobody waits for its commit. */
export function isPiece(unit: CommitUnit): boolean {
  return onlyPiece(unit) !== undefined;
}
