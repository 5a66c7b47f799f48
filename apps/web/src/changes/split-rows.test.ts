import { expect, it } from "vitest";
import { DiffParser } from "./parse-diff.ts";
import { splitRows } from "./split-rows.ts";

function rows(hunk: string): string[] {
  const parser = new DiffParser(hunk);
  parser.parse(100);
  const text = (place: number | null): string => (place === null ? "" : (parser.lines[place]?.text ?? "?"));
  return splitRows(parser.lines).map(({ before, after }) => `${text(before)}|${text(after)}`);
}

it("puts what was replaced beside what replaces it", () => {
  expect(rows("@@ -1,4 +1,4 @@\n a\n-b\n-c\n+B\n d\n+e\n")).toEqual(["a|a", "b|B", "c|", "d|d", "|e"]);
});

it("keeps the note about the old file's end between both", () => {
  expect(rows("@@ -1 +1,2 @@\n-a\n\\ No newline at end of file\n+a\n+b\n")).toEqual([
    "a|a",
    "|b",
    "No newline at end of file|",
  ]);
  expect(rows("@@ -1 +1 @@\n-a\n+b\n\\ No newline at end of file\n")).toEqual([
    "a|b",
    "No newline at end of file|No newline at end of file",
  ]);
});
