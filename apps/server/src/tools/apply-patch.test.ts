import { mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { longestTurn } from "./testing/longest-turn.ts";
import { ToolBench } from "./testing/tool-bench.ts";

const marked = (...lines: string[]): string => ["*** Begin Patch", ...lines, "*** End Patch"].join("\n");

/** Applies a patch to one file. @returns the output, and the file afterwards. */
async function patched(before: string | Uint8Array, patch: string): Promise<[string, Buffer]> {
  await using bench = await ToolBench.create();
  await writeFile(bench.path("f"), before);
  const { output } = await bench.call("apply_patch", { patch });
  return [output, await readFile(bench.path("f"))];
}

const update = (...lines: string[]) => marked("*** Update File: f", ...lines);

describe("apply_patch", () => {
  it("adds, changes, moves and deletes files at once", async () => {
    await using bench = await ToolBench.create();
    await writeFile(bench.path("a.ts"), "one\ntwo\nthree\n");
    await writeFile(bench.path("old.sh"), "#!/bin/sh\necho a\n", { mode: 0o755 });
    await writeFile(bench.path("gone"), "x\ny\n");
    const patch = marked(
      "*** Add File: deep/new.txt",
      "+first",
      "+",
      "+third",
      "*** Update File: a.ts",
      "@@",
      " one",
      "-two",
      "+zwei",
      "+drei",
      "*** Update File: old.sh",
      "*** Move to: bin/new.sh",
      "@@",
      "-echo a",
      "+echo b",
      "*** Delete File: gone",
    );
    const result = await bench.call("apply_patch", { patch });
    expect(result).toMatchObject({
      status: "succeeded",
      output: [
        "created deep/new.txt: +3 -0",
        "modified a.ts: +2 -1",
        "created bin/new.sh: +2 -0",
        "deleted old.sh",
        "deleted gone",
      ].join("\n"),
    });
    expect(result.fileChanges).toContainEqual({
      path: "gone",
      change: "deleted",
      additions: 0,
      deletions: 2,
    });
    expect(await readFile(bench.path("deep/new.txt"), "utf8")).toBe("first\n\nthird\n");
    expect(await readFile(bench.path("a.ts"), "utf8")).toBe("one\nzwei\ndrei\nthree\n");
    expect((await stat(bench.path("bin/new.sh"))).mode & 0o777).toBe(0o755);
    expect((await readdir(bench.workspace)).toSorted()).toEqual(["a.ts", "bin", "deep"]);
  });

  it("changes nothing if a part does not fit, and says which", async () => {
    await using bench = await ToolBench.create();
    await writeFile(bench.path("a"), "1\n");
    await writeFile(bench.path("b"), "1\n");
    const patch = marked(
      "*** Update File: a",
      "-1",
      "+2",
      "*** Update File: b",
      "@@",
      "-1",
      "+2",
      "@@",
      "-never",
      "+2",
    );
    const { status, output } = await bench.call("apply_patch", { patch });
    expect(status).toBe("failed");
    expect(output).toContain("b, hunk 2: these lines are not in the file after line 1:\n  never");
    expect([await readFile(bench.path("a"), "utf8"), await readFile(bench.path("b"), "utf8")]).toEqual([
      "1\n",
      "1\n",
    ]);
  });

  it.each([
    ["after the anchor", "a\nx\nb\nx\n", update("@@ b", "-x", "+y"), "a\nx\nb\ny\n"],
    [
      "after two anchors",
      "c1\nf\nx\nc2\nf\nx\n",
      update("@@ c2", "@@ f", "-x", "+y"),
      "c1\nf\nx\nc2\nf\ny\n",
    ],
    ["at the end of the file", "x\na\nx\n", update("@@", "-x", "+y", "*** End of File"), "x\na\ny\n"],
    ["additions alone, at the end", "a", update("@@", "+b"), "a\nb\n"],
    ["additions alone, after the anchor", "a\nb\n", update("@@ a", "+x"), "a\nx\nb\n"],
    ["CRLF stays", "a\r\nb\r\n", update(" a", "-b", "+x", "+y"), "a\r\nx\r\ny\r\n"],
    ["with an empty line whose space is lost", "a\n\nb\n", update(" a", "", "-b", "+c"), "a\n\nc\n"],
    ["the last line without its line end", "a\nb", update(" a", "-b", "+c"), "a\nc\n"],
    ["an unchanged last line stays without one", "a\nb", update("-a", "+c", " b"), "c\nb"],
    ["everything away", "a\nb\n", update("-a", "-b"), ""],
    ["a byte order mark stays", "\u{feff}a\n", update("-a", "+b"), "\u{feff}b\n"],
    [
      "the line numbers of a diff choose",
      "x\na\nx\nb\n",
      "--- a/f\n+++ b/f\n@@ -3,1 +3,1 @@\n-x\n+y\n",
      "x\na\ny\nb\n",
    ],
    [
      "wrong counts do not matter",
      "a\nb\nc\n",
      "--- f\n+++ f\n@@ -1,9 +1,9 @@\n a\n-b\n+B\n c\n",
      "a\nB\nc\n",
    ],
    ["insertion after a line", "a\nb\n", "--- a/f\n+++ b/f\n@@ -1,0 +2,1 @@\n+x\n", "a\nx\nb\n"],
    [
      "no line end at the end",
      "a\n",
      "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n\\ No newline at end of file\n",
      "b",
    ],
    [
      "a removed line that looks like a header",
      "-- x\nb\n",
      "--- a/f\n+++ b/f\n@@ -1,2 +1,1 @@\n--- x\n b\n",
      "b\n",
    ],
  ])("%s", async (_name, before, patch, after) => {
    const [output, bytes] = await patched(before, patch);
    expect([output.split(":")[0], bytes.toString()]).toEqual(["modified f", after]);
  });

  it("finds lines that differ in spaces and signs, says so, and leaves them as they are", async () => {
    const [output, bytes] = await patched(
      "\tif (a) {\n  say(“hi”);\n}\n",
      update(" if (a) {", '-say("hi");', "+say(1);", " }"),
    );
    expect(output).toBe("modified f: +1 -1\nf: spaces or punctuation differed");
    expect(bytes.toString()).toBe("\tif (a) {\nsay(1);\n}\n");
  });

  it("keeps other encodings, and bytes that are no text outside of the change", async () => {
    const latin = await patched(Buffer.from("gr\xfcn\nb\n", "latin1"), update(" grün", "-b", "+weiß"));
    expect(latin[1].toString("latin1")).toBe("gr\xfcn\nwei\xdf\n");
    const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from("a\r\n語\r\n", "utf16le")]);
    const [, bytes] = await patched(wide, update("-a", "+ä", " 語"));
    expect(bytes.toString("utf16le")).toBe("\u{feff}ä\r\n語\r\n");
    const [output] = await patched(Buffer.from("gr\xfcn\n", "latin1"), update("-grün", "+緑"));
    expect(output).toContain("its encoding, Latin-1, lacks a character");
  });

  it("takes git's diffs: new, deleted and renamed files", async () => {
    await using bench = await ToolBench.create();
    await writeFile(bench.path("old"), "x\n");
    await writeFile(bench.path("away"), "1\n");
    await writeFile(bench.path("same"), "s\n");
    const patch = [
      "diff --git a/new b/new\nnew file mode 100644\nindex 0000000..1\n--- /dev/null\n+++ b/new\n@@ -0,0 +1,2 @@\n+a\n+b",
      "diff --git a/away b/away\ndeleted file mode 100644\n--- a/away\n+++ /dev/null\n@@ -1 +0,0 @@\n-1",
      "diff --git a/old b/moved\nsimilarity index 50%\nrename from old\nrename to moved\n--- a/old\n+++ b/moved\n@@ -1 +1 @@\n-x\n+y",
      "diff --git a/same b/other\nsimilarity index 100%\nrename from same\nrename to other\n",
    ].join("\n");
    expect(await bench.call("apply_patch", { patch })).toMatchObject({ status: "succeeded" });
    expect((await readdir(bench.workspace)).toSorted()).toEqual(["moved", "new", "other"]);
    expect(await readFile(bench.path("moved"), "utf8")).toBe("y\n");
    expect(await readFile(bench.path("new"), "utf8")).toBe("a\nb\n");
  });

  it.each([
    ["no patch", "hello", "starts neither with"],
    ["cut off", "*** Begin Patch\n*** Add File: a\n+x", "may have been cut off"],
    ["an existing file", marked("*** Add File: f", "+x"), "f: it exists already"],
    ["no such file", marked("*** Update File: none", "-x", "+y"), "no such file"],
    ["out of the workspace", marked("*** Add File: ../x", "+x"), "outside the workspace"],
    ["through a link", marked("*** Add File: link/x", "+x"), "outside the workspace"],
    ["deleting a link", marked("*** Delete File: inner"), "only files can be deleted"],
    ["deleting a directory", marked("*** Delete File: dir"), "only files can be deleted"],
    ["a line without its sign", marked("*** Update File: f", "x"), "starts with none of"],
    ["a binary diff", "diff --git a/f b/f\nBinary files a/f and b/f differ\n", "binary file"],
    ["too many files", marked(...Array.from({ length: 101 }, (_, n) => `*** Delete File: ${n}`)), "split it"],
  ])("refuses %s", async (_name, patch, problem) => {
    await using bench = await ToolBench.create();
    await writeFile(bench.path("f"), "x\n");
    await mkdir(bench.path("dir"));
    await symlink(tmpdir(), bench.path("link"));
    await symlink("f", bench.path("inner"));
    const said = await bench.call("apply_patch", { patch }).then(
      ({ status, output }) => `${status}: ${output}`,
      (error: Error) => `failed: ${error.message}`,
    );
    expect(said).toContain("failed: ");
    expect(said).toContain(problem);
    expect((await readdir(bench.workspace)).toSorted()).toEqual(["dir", "f", "inner", "link"]);
  });

  it("names the files that it concerns before it runs", async () => {
    await using bench = await ToolBench.create();
    const tool = bench.tools.find(({ name }) => name === "apply_patch");
    const input = { patch: marked("*** Update File: a", "*** Move to: b", "-x", "+y", "*** Delete File: c") };
    expect(tool?.locations?.(input)).toEqual([{ path: "a" }, { path: "b" }, { path: "c" }]);
    expect(tool?.title?.(input)).toBe("a and 2 more");
  });

  it("takes short turns for patches that are made to be slow to apply", async () => {
    const hunk = ["@@", ...Array<string>(400).fill(" x"), "-x", "+z", ...Array<string>(10).fill(" x")].join(
      "\n",
    );
    const patch = update(Array<string>(200).fill(hunk).join("\n"), "@@", "-y");
    const longest = await longestTurn(async () => {
      const [output] = await patched("x\n".repeat(99_000), patch);
      expect(output).toContain("these lines are not in the file");
    });
    expect(longest).toBeLessThan(500);
    expect((await patched("x\n".repeat(100_001), update("-x", "+y")))[0]).toContain("more than 100000 lines");
  });
});
