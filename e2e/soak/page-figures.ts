import type { CDPSession } from "@playwright/test";

/** What a page holds once all garbage is collected. */
export interface PageFigures {
  heapBytes: number;
  /** Of all its documents, attached or not. */
  nodes: number;
  listeners: number;
}

export async function readPageFigures(devtools: CDPSession): Promise<PageFigures> {
  // What the first collection finalises is freed by the second.
  for (let round = 0; round < 2; round++) await devtools.send("HeapProfiler.collectGarbage");
  const { usedSize } = await devtools.send("Runtime.getHeapUsage");
  const { nodes, jsEventListeners } = await devtools.send("Memory.getDOMCounters");
  return { heapBytes: usedSize, nodes, listeners: jsEventListeners };
}

/** The middle of each figure: the sessions that happen to be shown differ. */
export function medianOf(all: readonly PageFigures[]): PageFigures {
  const median = (figure: (of: PageFigures) => number): number => {
    const sorted = all.map(figure).toSorted((a, b) => a - b);
    return sorted[sorted.length >> 1] ?? Number.NaN;
  };
  return {
    heapBytes: median(({ heapBytes }) => heapBytes),
    nodes: median(({ nodes }) => nodes),
    listeners: median(({ listeners }) => listeners),
  };
}

/** What a figure may be at the end, of what it was at the start. */
const ROOM = 1.25;
/** More on the heap, in bytes: caches and compiled code fill for a while. */
const HEAP_ROOM = 8_000_000;

/** @returns a line for each figure that kept growing */
export function growth(start: PageFigures, end: PageFigures): string[] {
  const grown = (what: string, from: number, to: number, room = 0): string[] =>
    to > from * ROOM + room ? [`${what} grew from ${from} to ${to}`] : [];
  return [
    ...grown("the page's heap", start.heapBytes, end.heapBytes, HEAP_ROOM),
    ...grown("the number of DOM nodes", start.nodes, end.nodes),
    ...grown("the number of event listeners", start.listeners, end.listeners),
  ];
}
