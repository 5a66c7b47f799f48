import type { DiffLine } from "./parse-diff.ts";

/** Which numbers a line shows: both, or those of its side. */
export type LineSide = "both" | "before" | "after";

/** Lines to comment on, by their places in the diff: from where it began to where it was drawn, in either order. */
export interface LineSelection {
  from: number;
  to: number;
  side: LineSide;
}

export function isSelected({ from, to, side }: LineSelection, place: number, of: LineSide): boolean {
  return of === side && place >= Math.min(from, to) && place <= Math.max(from, to);
}

const OTHER: Readonly<Record<LineSide, DiffLine["kind"] | null>> = {
  both: null,
  before: "added",
  after: "deleted",
};

/** The selected lines of its side; a hunk's end, from where it began, ends it. */
export function selectedLines({ from, to, side }: LineSelection, lines: readonly DiffLine[]): DiffLine[] {
  const by = to < from ? -1 : 1;
  const found: DiffLine[] = [];
  for (let place = from; by > 0 ? place <= to : place >= to; place += by) {
    const line = lines[place];
    if (line === undefined || line.kind === "hunk") break;
    if (line.kind !== "note" && line.kind !== OTHER[side]) found.push(line);
  }
  return by < 0 ? found.toReversed() : found;
}
