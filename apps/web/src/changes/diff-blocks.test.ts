import { expect, it } from "vitest";
import { sectionsOf } from "./diff-blocks.ts";
import type { DiffLine } from "./parse-diff.ts";

const line = (kind: DiffLine["kind"]): DiffLine => ({ kind, before: null, after: null, text: "" });

it.each(["unified", "split"] as const)(
  "a %s diff: each row once, in order, each block between its bounds",
  (layout) => {
    const lines = Array.from({ length: 5_000 }, (_, index) =>
      line(index % 5 === 0 ? "deleted" : index % 5 === 1 ? "added" : "context"),
    );
    const sections = sectionsOf(lines, layout);
    expect(sections.length).toBeGreaterThan(1);
    const blocks = sections.flat();
    expect(blocks.map(({ number }) => number)).toEqual([...blocks.keys()]);
    const places = new Set<number>();
    for (const block of blocks) {
      const [first, last] = block.bounds();
      expect(block.rows()).toHaveLength(block.count);
      for (const { before, after } of block.rows()) {
        for (const place of [before, after]) {
          if (place === null) continue;
          expect(place >= first && place <= last).toBe(true);
          places.add(place);
        }
      }
    }
    expect([...places].toSorted((a, b) => a - b)).toEqual([...lines.keys()]);
  },
);

it("an empty diff has no blocks", () => {
  expect(sectionsOf([], "unified")).toEqual([]);
});
