import { expect, it } from "vitest";
import type { TranscriptItem } from "./items.ts";
import { visibleSeqs } from "./transcript-view.ts";

const items = [1, 4, 9, 12, null].map((seq) => ({ seq }) as unknown as TranscriptItem);
const rendered = items.map((_, index) => ({ index, start: index * 10, end: index * 10 + 10 }));

it("is from the first visible row to what happened before the next one", () => {
  expect(visibleSeqs(items, rendered, 5, 25)).toEqual({ first: 0, last: 11 });
  expect(visibleSeqs(items, rendered, 10, 20)).toEqual({ first: 4, last: 8 });
});

it("has no end where the last row is visible, and no beginning where nothing is", () => {
  expect(visibleSeqs(items, rendered, 30, 99)).toEqual({ first: 12, last: Number.MAX_SAFE_INTEGER });
  expect(visibleSeqs([], [], 0, 99)).toEqual({ first: null, last: Number.MAX_SAFE_INTEGER });
});
