import type { DiffLayout } from "./diff-layout.ts";
import type { DiffLine } from "./parse-diff.ts";
import { type SplitRow, splitRows } from "./split-rows.ts";

/** Rows that are rendered, or not, together. */
const BLOCK_ROWS = 60;
/** Blocks that are looked after together: a diff of 100,000 lines has too many to watch each. */
const SECTION_BLOCKS = 40;

/** Some rows of a diff. */
export interface DiffRows {
  number: number;
  count: number;
  /** Made when they are rendered first. */
  rows(): readonly SplitRow[];
  /** Between which places of lines they are; of rows that pair distant lines, more than they have. */
  bounds(): readonly [number, number];
}

/** @returns all blocks of a diff, in sections */
export function sectionsOf(lines: readonly DiffLine[], layout: DiffLayout): DiffRows[][] {
  const all = layout === "split" ? splitRows(lines) : null;
  const length = all?.length ?? lines.length;
  const sections: DiffRows[][] = [];
  for (let start = 0; start < length; start += BLOCK_ROWS) {
    const number = start / BLOCK_ROWS;
    const end = Math.min(length, start + BLOCK_ROWS);
    const block = all === null ? unifiedRows(number, start, end) : splitBlock(number, all, start, end);
    if (number % SECTION_BLOCKS === 0) sections.push([]);
    sections.at(-1)?.push(block);
  }
  return sections;
}

function unifiedRows(number: number, start: number, end: number): DiffRows {
  let rows: SplitRow[] | undefined;
  return {
    number,
    count: end - start,
    rows: () =>
      (rows ??= Array.from({ length: end - start }, (_, index) => ({
        before: start + index,
        after: start + index,
      }))),
    bounds: () => [start, end - 1],
  };
}

function splitBlock(number: number, all: readonly SplitRow[], start: number, end: number): DiffRows {
  let rows: SplitRow[] | undefined;
  const placesOf = (row: SplitRow | undefined): number[] =>
    [row?.before, row?.after].filter((place) => typeof place === "number");
  return {
    number,
    count: end - start,
    rows: () => (rows ??= all.slice(start, end)),
    bounds: () => [Math.min(...placesOf(all[start])), Math.max(...placesOf(all[end - 1]))],
  };
}
