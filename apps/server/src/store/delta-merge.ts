import type { CommitUnit, StoredDraft } from "./port.ts";

/** Pieces that wait together become one event, up to this many UTF-16 units. */
const MAX_MERGED_LENGTH = 32_768;

/**
 * @returns one unit for two neighbouring pieces of the same block and attempt, or undefined where they must stay two.
 */
export function mergeDeltas(waiting: CommitUnit, next: CommitUnit): CommitUnit | undefined {
  const first = onlyPiece(waiting);
  const second = onlyPiece(next);
  if (first === undefined || second === undefined) return undefined;
  if (first.blockId !== second.blockId || first.type !== second.type) return undefined;
  if (waiting.fence?.attempt !== next.fence?.attempt || waiting.fence?.taskId !== next.fence?.taskId) {
    return undefined;
  }
  const merged = concatenate(first, second);
  return merged === undefined ? undefined : { ...waiting, events: [merged] };
}

function onlyPiece(unit: CommitUnit): StoredDraft | undefined {
  const [event] = unit.events;
  if (event?.blockId === undefined || unit.events.length !== 1) return undefined;
  if ((unit.writes?.length ?? 0) > 0 || (unit.endedBlocks?.length ?? 0) > 0) return undefined;
  return event;
}

function concatenate(first: StoredDraft, second: StoredDraft): StoredDraft | undefined {
  if (first.type === "text.delta" && second.type === "text.delta") {
    const text = first.data.text + second.data.text;
    return text.length > MAX_MERGED_LENGTH ? undefined : { ...first, data: { ...first.data, text } };
  }
  if (first.type === "reasoning.delta" && second.type === "reasoning.delta") {
    const text = first.data.text + second.data.text;
    return text.length > MAX_MERGED_LENGTH ? undefined : { ...first, data: { ...first.data, text } };
  }
  if (first.type === "tool.progress" && second.type === "tool.progress") {
    const chunk = first.data.chunk + second.data.chunk;
    return chunk.length > MAX_MERGED_LENGTH ? undefined : { ...first, data: { ...first.data, chunk } };
  }
  return undefined;
}

/** Whether a unit is no more than another piece of a block: the session does not count as updated then, and nobody waits for its commit. */
export function isPiece(unit: CommitUnit): boolean {
  return onlyPiece(unit) !== undefined;
}
