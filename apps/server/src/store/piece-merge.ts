import { isPiece, joinPieces } from "@trunkline/contract";
import type { Commit } from "./commit.ts";

/** Maximum length of merged pieces, in UTF-16 units. */
const MAX_MERGED_LENGTH = 32_768;

/** @returns one commit for two adjacent pieces of the same block and attempt; undefined if they must stay separate. */
export function mergePieces(waiting: Commit, next: Commit): Commit | undefined {
  const first = onlyPiece(waiting);
  const second = onlyPiece(next);
  if (first === undefined || second === undefined) return undefined;
  if (waiting.fence?.attempt !== next.fence?.attempt || waiting.fence?.taskId !== next.fence?.taskId) {
    return undefined;
  }
  const joined = joinPieces(first, second, MAX_MERGED_LENGTH);
  return joined === null ? undefined : { ...waiting, events: [joined] };
}

/** Whether a commit is one piece of a block and nothing else: a token. */
export function isOnlyPiece(commit: Commit): boolean {
  return onlyPiece(commit) !== undefined;
}

function onlyPiece({ events, statements, expect, endedBlocks = [] }: Commit) {
  const [event] = events;
  if (event === undefined || events.length !== 1 || !isPiece(event)) return undefined;
  return statements === undefined && expect === undefined && endedBlocks.length === 0 ? event : undefined;
}
