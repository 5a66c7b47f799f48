import type { DiffLine } from "./parse-diff.ts";

/** What stands beside each other: indices of lines; null: nothing on that side. Both are the same for common lines. */
export interface SplitRow {
  before: number | null;
  after: number | null;
}

/** Pairs deleted lines with the added ones that replace them. */
export function splitRows(lines: readonly DiffLine[]): SplitRow[] {
  const rows: SplitRow[] = [];
  let place = 0;
  while (place < lines.length) {
    const deleted = place;
    while (lines[place]?.kind === "deleted") place += 1;
    // `\ No newline at end of file` of the old side stands between them.
    const note = place > deleted && lines[place]?.kind === "note" ? place++ : null;
    const added = place;
    while (lines[place]?.kind === "added") place += 1;
    const [gone, come] = [(note ?? added) - deleted, place - added];
    for (let at = 0; at < Math.max(gone, come); at += 1) {
      rows.push({ before: at < gone ? deleted + at : null, after: at < come ? added + at : null });
    }
    if (note !== null) rows.push({ before: note, after: null });
    if (place === deleted) {
      rows.push({ before: place, after: place });
      place += 1;
    }
  }
  return rows;
}
