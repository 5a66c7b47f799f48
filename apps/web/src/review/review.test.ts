import { expect, it } from "vitest";
import { type DiffLine, DiffParser } from "../changes/parse-diff.ts";
import { linesName, placeOf, type ReviewComment } from "./review-comment.ts";
import { reviewPrompt } from "./review-prompt.ts";

function linesOf(hunks: string): DiffLine[] {
  const parser = new DiffParser(hunks);
  parser.parse(1_000);
  return parser.lines;
}

function comment(lines: readonly DiffLine[], text = "Why?"): ReviewComment {
  return { id: "1", path: "src/a.ts", lines, text, editing: null, createdAt: 1 };
}

const DIFF = "@@ -1,4 +1,4 @@\n a\n-b\n+B\n c\n d\n";

it("finds a comment's lines where they were", () => {
  const lines = linesOf(DIFF);
  expect(placeOf(comment(lines.slice(1, 3)), lines)).toEqual({ end: 2, moved: false });
});

it("follows lines that moved, and tells those that changed", () => {
  const written = comment(linesOf(DIFF).slice(2, 4));
  const below = linesOf("@@ -1,4 +1,6 @@\n+x\n+y\n a\n-b\n+B\n c\n d\n");
  expect(placeOf(written, below)).toEqual({ end: 5, moved: true });
  expect(placeOf(written, linesOf("@@ -1,4 +1,4 @@\n a\n-b\n+BB\n c\n d\n"))).toBeNull();
  expect(placeOf(written, [])).toBeNull();
});

it("does not guess between two places with the same lines", () => {
  const written = comment([{ kind: "added", before: null, after: 9, text: "}" }]);
  expect(placeOf(written, linesOf("@@ -1 +1,3 @@\n+}\n a\n+}\n"))).toBeNull();
});

it("finds lines of one side though those of the other stand in between", () => {
  const lines = linesOf("@@ -1,3 +1,3 @@\n a\n-b\n-c\n+B\n+C\n");
  const side = lines.filter(({ kind }) => kind !== "deleted");
  expect(placeOf(comment(side), lines)).toEqual({ end: 4, moved: false });
});

it("names lines by their new numbers, deleted ones by their old", () => {
  const lines = linesOf(DIFF);
  expect(linesName(lines.slice(0, 3))).toBe("lines 1–2");
  expect(linesName(lines.slice(2, 3))).toBe("line 2");
  expect(linesName(lines.slice(1, 2))).toBe("deleted line 2");
});

it("is one prompt with file, lines, code and comment", () => {
  const lines = linesOf(DIFF);
  const prompt = reviewPrompt(
    [
      { comment: comment(lines.slice(1, 3), "Keep it lower case."), isOutdated: false },
      { comment: comment(linesOf("@@ -7 +7 @@\n+a ``` b\n").slice(1), "No fences."), isOutdated: true },
    ],
    "",
  );
  expect(prompt).toBe(
    [
      "Please address my review comments on your changes.",
      "1. `src/a.ts`, line 2\n```diff\n-b\n+B\n```\nKeep it lower case.",
      "2. `src/a.ts`, line 7 (these lines have changed since)\n````diff\n+a ``` b\n````\nNo fences.",
    ].join("\n\n"),
  );
  expect(reviewPrompt([], " Only this. ")).toBe("Only this.");
});
