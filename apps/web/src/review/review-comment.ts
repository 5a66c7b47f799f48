import type { DiffLine } from "../changes/parse-diff.ts";

/** A comment on lines of a file's diff. */
export interface ReviewComment {
  id: string;
  path: string;
  /** As they were when it was written: neighbours in the diff, or on one side of it. */
  lines: readonly DiffLine[];
  /** Empty until it is saved for the first time. */
  text: string;
  /** What is being written; null: nothing. */
  editing: string | null;
  /** Ms since the epoch. */
  createdAt: number;
}

/** More lines are not quoted. */
export const MAX_COMMENTED_LINES = 100;

/**
 * Where a comment stands in the diff as it is now: index of its last line, and whether its lines have moved; null: they
 * are not there any more.
 */
export type Place = { end: number; moved: boolean } | null;

/** Finds the lines of a comment again: where they were, or in the one other place with the same lines. */
export function placeOf({ lines: quoted }: ReviewComment, lines: readonly DiffLine[]): Place {
  const [first] = quoted;
  if (first === undefined) return null;
  const found: number[] = [];
  for (const [start, line] of lines.entries()) {
    if (line.kind !== first.kind || line.text !== first.text) continue;
    const end = endOf(quoted, lines, start);
    if (end === null) continue;
    if (line.before === first.before && line.after === first.after) return { end, moved: false };
    found.push(end);
  }
  const [only] = found;
  return only !== undefined && found.length === 1 ? { end: only, moved: true } : null;
}

/** Index of the last line if all of them follow from `start` on; those of the other side may stand in between. */
function endOf(quoted: readonly DiffLine[], lines: readonly DiffLine[], start: number): number | null {
  const other = otherSide(quoted);
  let end = start;
  for (const [count, wanted] of quoted.entries()) {
    if (count === 0) continue;
    end += 1;
    while (lines[end]?.kind === other) end += 1;
    const line = lines[end];
    if (line?.kind !== wanted.kind || line.text !== wanted.text) return null;
  }
  return end;
}

/** The kind of lines that none of them has, if they are of one side alone. */
function otherSide(quoted: readonly DiffLine[]): DiffLine["kind"] | null {
  const kinds = new Set(quoted.map(({ kind }) => kind));
  if (kinds.has("added") && kinds.has("deleted")) return null;
  if (kinds.has("added")) return "deleted";
  return kinds.has("deleted") ? "added" : null;
}

/** `line 12`, `lines 12–14`, `deleted lines 3–4`. */
export function linesName(lines: readonly DiffLine[]): string {
  const after = lines.flatMap((line) => line.after ?? []);
  const numbers = after.length > 0 ? after : lines.flatMap((line) => line.before ?? []);
  const [first, last] = [numbers[0] ?? 0, numbers.at(-1) ?? 0];
  const name = first === last ? `line ${first}` : `lines ${first}–${last}`;
  return after.length > 0 ? name : `deleted ${name}`;
}
