import { expect, it } from "vitest";
import { selectedLines } from "./line-selection.ts";
import { DiffParser } from "./parse-diff.ts";

const parser = new DiffParser("@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n@@ -9,2 +9,2 @@\n-d\n+D\n e\n");
parser.parse(100);
const text = (selection: Parameters<typeof selectedLines>[0]): string =>
  selectedLines(selection, parser.lines)
    .map((line) => line.text)
    .join("");

it("has the lines between both ends, in whichever order it was drawn", () => {
  expect(text({ from: 0, to: 3, side: "both" })).toBe("abBc");
  expect(text({ from: 3, to: 1, side: "both" })).toBe("bBc");
});

it("keeps to its side and its hunk", () => {
  expect(text({ from: 0, to: 3, side: "after" })).toBe("aBc");
  expect(text({ from: 0, to: 3, side: "before" })).toBe("abc");
  expect(text({ from: 2, to: 6, side: "both" })).toBe("Bc");
  expect(text({ from: 6, to: 0, side: "both" })).toBe("dD");
});
