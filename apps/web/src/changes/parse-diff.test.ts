import { describe, expect, it } from "vitest";
import { DiffParser } from "./parse-diff.ts";

const HEAD = "diff --git a/x.ts b/x.ts\nindex 1..2 100644\n--- a/x.ts\n+++ b/x.ts\n";

/** `before after sign text` of each line. */
function outline(diff: string, linesAtOnce = Number.POSITIVE_INFINITY): string[] {
  const parser = new DiffParser(diff);
  while (!parser.parse(linesAtOnce));
  return parser.lines.map(
    ({ kind, before, after, text }) => `${before ?? ""} ${after ?? ""} ${kind} ${text}`,
  );
}

describe("DiffParser", () => {
  it("numbers the lines of both sides, across hunks", () => {
    const diff = `${HEAD}@@ -1,3 +1,4 @@\n a\n-b\n+c\n+d\n e\n@@ -20 +21 @@ function f() {\n-x\n+y\n`;
    expect(outline(diff)).toEqual(outline(diff, 2));
    expect(outline(diff)).toEqual([
      "1 1 context a",
      "2  deleted b",
      " 2 added c",
      " 3 added d",
      "3 4 context e",
      "  hunk function f() {",
      "20  deleted x",
      " 21 added y",
    ]);
  });

  it("takes lines that look like headers for what they are", () => {
    const diff = `${HEAD}@@ -1,2 +1,2 @@\n--- a/x.ts\n-@@ -1 +1 @@\n+++ b/x.ts\n+diff --git a b\n`;
    expect(outline(diff)).toEqual([
      "1  deleted -- a/x.ts",
      "2  deleted @@ -1 +1 @@",
      " 1 added ++ b/x.ts",
      " 2 added diff --git a b",
    ]);
  });

  it("shows line ends that differ, and a missing last one", () => {
    const diff = `${HEAD}@@ -1,2 +1,2 @@\n-a\r\n+a\n-b\n+b\n\\ No newline at end of file\n`;
    expect(outline(diff)).toEqual([
      "1  deleted a⟨CR⟩",
      " 1 added a",
      "2  deleted b",
      " 2 added b",
      "  note No newline at end of file",
    ]);
  });

  it("says that a file is binary, and nothing where only its name or mode differs", () => {
    expect(outline("diff --git a/b b/b\nindex 1..2\nBinary files a/b and b/b differ\n")).toEqual([
      "  note Binary file",
    ]);
    expect(outline("diff --git a/b b/c\nsimilarity index 100%\nrename from b\nrename to c\n")).toEqual([]);
    expect(outline("")).toEqual([]);
  });

  it("keeps what there is of a diff that was cut off", () => {
    expect(outline(`${HEAD}@@ -1,9 +1,9 @@\n a\n-b`)).toEqual(["1 1 context a", "2  deleted b"]);
  });
});
