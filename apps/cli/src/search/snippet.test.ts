import type { SearchHit } from "@trunkline/contract";
import { expect, it } from "vitest";
import { paintMatches, snippetOf } from "./snippet.ts";

const hit = (snippet: string, matches: SearchHit["matches"]): SearchHit => ({
  sessionId: "s",
  sessionTitle: "",
  taskId: null,
  seq: 1,
  type: "text.ended",
  at: 1,
  snippet,
  matches,
});
const marked = (from: SearchHit, cut = false): string => {
  const { text, matches } = snippetOf(from, { cut });
  return paintMatches(text, matches, (match) => `[${match}]`);
};

it("marks what matched, on one line", () => {
  expect(
    marked(
      hit("the\n\n  files and\tfiles", [
        [7, 12],
        [17, 22],
      ]),
    ),
  ).toBe("the [files] and [files]");
});

it("keeps matches in their place where what a terminal would obey is taken out", () => {
  expect(marked(hit("\u001b[31mred\u001b[0m files", [[13, 18]]))).toBe("red [files]");
});

it("begins near the first match where the line is short", () => {
  const far = hit(`${"word ".repeat(20)}match here`, [[100, 105]]);
  expect(marked(far, true)).toBe("… word word word [match] here");
  expect(marked(far)).toBe(`${"word ".repeat(20)}[match] here`);
});

it("paints nothing past the end of a text that was cut", () => {
  expect(
    paintMatches(
      "one tw…",
      [
        [0, 3],
        [4, 9],
        [12, 14],
      ],
      (match) => `[${match}]`,
    ),
  ).toBe("[one] [tw…]");
});
