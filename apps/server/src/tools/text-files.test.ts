import { mkdir, readFile, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { longestTurn } from "./testing/longest-turn.ts";
import { ToolBench } from "./testing/tool-bench.ts";

/** Regressions took seconds to hours; the work takes some 20 ms, on a slow machine perhaps 200. */
const MAX_TURN_MS = 500;

async function benchWith(name: string, content: string | Uint8Array): Promise<ToolBench> {
  const bench = await ToolBench.create();
  await writeFile(bench.path(name), content);
  return bench;
}

describe("H3: results are bounded before they are built", () => {
  it("refuses an edit whose result would be 400 MB", async () => {
    await using bench = await benchWith("x", "a".repeat(1_000_000));
    const result = await bench.call("edit_file", {
      path: "x",
      oldText: "a",
      newText: "b".repeat(400),
      replaceAll: true,
    });
    expect(result).toEqual({
      status: "failed",
      output: "x: after 1000000 replacements it would have 400000000 bytes; the limit is 8388608",
    });
    expect((await readFile(bench.path("x"), "utf8")).length).toBe(1_000_000);
  });

  it("counts bytes and not characters: of an edit and of a new file", async () => {
    await using bench = await benchWith("x", "ab");
    const wide = "語".repeat(3_000_000);
    expect(await bench.call("edit_file", { path: "x", oldText: "a", newText: wide })).toMatchObject({
      status: "failed",
      output: "x: after 1 replacements it would have 9000001 bytes; the limit is 8388608",
    });
    await expect(bench.call("write_file", { path: "y", content: wide })).rejects.toThrow("too large");
  });

  it("takes linear time for texts that are made to be slow to find", async () => {
    await using bench = await benchWith("x", "a".repeat(8_000_000));
    const oldText = `b${"a".repeat(4_000_000)}`;
    const longest = await longestTurn(async () =>
      expect(await bench.call("edit_file", { path: "x", oldText, newText: "" })).toMatchObject({
        status: "failed",
      }),
    );
    expect(longest).toBeLessThan(MAX_TURN_MS);
  });

  it("edits eight million places in turns that are short", async () => {
    await using bench = await benchWith("x", "a\n".repeat(4_000_000));
    const longest = await longestTurn(async () =>
      expect(
        await bench.call("edit_file", { path: "x", oldText: "a", newText: "b", replaceAll: true }),
      ).toMatchObject({ fileChanges: [{ additions: 4_000_000, deletions: 4_000_000 }] }),
    );
    expect(longest).toBeLessThan(MAX_TURN_MS);
    expect(await readFile(bench.path("x"), "utf8")).toBe("b\n".repeat(4_000_000));
  });
});

describe("edit_file with several edits", () => {
  const edits = [
    { oldText: "a", newText: "b" },
    { oldText: "b", newText: "c", replaceAll: true },
  ];

  it("makes each on the result of those before it", async () => {
    await using bench = await benchWith("x", "a b\n");
    expect(await bench.call("edit_file", { path: "x", edits })).toMatchObject({
      output: "modified x: 3 replacements",
      fileChanges: [{ additions: 1, deletions: 1 }],
    });
    expect(await readFile(bench.path("x"), "utf8")).toBe("c c\n");
  });

  it("makes none if one does not fit, and takes one form at a time", async () => {
    await using bench = await benchWith("x", "a\n");
    const more = [...edits, { oldText: "a", newText: "d" }];
    expect(await bench.call("edit_file", { path: "x", edits: more })).toEqual({
      status: "failed",
      output: "x: edit 3 of 3: oldText was not found. Read the file and copy it exactly. No edit was made",
    });
    expect(await readFile(bench.path("x"), "utf8")).toBe("a\n");
    for (const input of [{ path: "x" }, { path: "x", oldText: "a" }, { path: "x", ...edits[0], edits }]) {
      await expect(bench.call("edit_file", input)).rejects.toThrow("Give oldText and newText, or edits");
    }
  });
});

describe("H2: list_files", () => {
  it("answers at once to a pattern that others backtrack on", async () => {
    await using bench = await ToolBench.create();
    await writeFile(bench.path("a".repeat(60)), "");
    for (const glob of ["+(*)b", "*(*(*a))b", "*a*a*a*a*a*a*a*a*a*b", "{*,{*,{*,*}}}b"]) {
      const longest = await longestTurn(async () =>
        expect((await bench.call("list_files", { glob })).output).toBe("(no file matches)"),
      );
      expect(longest).toBeLessThan(MAX_TURN_MS);
    }
    expect(() =>
      bench.tools.find(({ name }) => name === "list_files")!.inputSchema.parse({ glob: "*".repeat(501) }),
    ).toThrow();
  });

  it("takes a bounded part of a directory with 100,000 entries", async () => {
    await using bench = await ToolBench.create();
    await bench.call("bash", { command: "mkdir many && cd many && seq 100000 | xargs touch" });
    const longest = await longestTurn(async () =>
      expect((await bench.call("list_files", { glob: "**/none" })).output).toBe(
        "[… more entries not shown: list a subdirectory, or use a narrower glob …]",
      ),
    );
    expect(longest).toBeLessThan(MAX_TURN_MS);
  });

  it("shows a name with line breaks as one entry", async () => {
    await using bench = await ToolBench.create();
    await mkdir(bench.path("a\nb\u001b]0;x"));
    expect((await bench.call("list_files", {})).output).toBe(String.raw`a\u000ab\u001b]0;x/`);
  });
});

describe("K11: line ends and encodings", () => {
  const edit = async (content: string | Uint8Array, input: object): Promise<[string, Buffer]> => {
    await using bench = await benchWith("w.txt", content);
    const { output } = await bench.call("edit_file", { path: "w.txt", ...input });
    return [output, await readFile(bench.path("w.txt"))];
  };
  const ONCE = "modified w.txt: 1 replacement";

  it.each([
    ["several lines", "one\r\ntwo\r\nthree\r\n", "one\ntwo", "uno\ndos", "uno\r\ndos\r\nthree\r\n"],
    ["lines that are new", "one\r\nthree\r\n", "three", "tres\ncuatro", "one\r\ntres\r\ncuatro\r\n"],
    ["the last line", "one\r\ntwo", "two", "two\nthree", "one\r\ntwo\r\nthree"],
    ["a line end at the beginning", "a\r\nb\r\n", "\nb", "\nc", "a\r\nc\r\n"],
    ["a line end at the end", "a\r\nb\r\n", "a\n", "", "b\r\n"],
    ["CRLF that is given", "a\r\nb\r\n", "a\r\nb", "a\r\nc", "a\r\nc\r\n"],
    ["CRLF that is to become LF", "a\r\nb\r\n", "a\r\n", "a\n", "a\nb\r\n"],
    ["CRLF that the file lacks", "a\nb\n", "a\r\nb", "a\r\nc", "a\nc\n"],
    ["mixed, in a part with CRLF", "a\nb\r\nc\r\nd\n", "b\nc", "x\ny", "a\nx\r\ny\r\nd\n"],
    ["mixed, in a part with LF", "a\r\nb\nc\nd\r\n", "b\nc", "x\ny", "a\r\nx\ny\nd\r\n"],
    ["CR alone", "a\rb\r\n", "a\rb", "c", "c\r\n"],
    ["one line in LF", "a\nb\n", "a", "x\ny", "x\ny\nb\n"],
  ])("%s", async (_name, before, oldText, newText, after) => {
    const [output, bytes] = await edit(before, { oldText, newText });
    expect([output, bytes.toString()]).toEqual([ONCE, after]);
  });

  it("all occurrences, each with its own line ends", async () => {
    const [output, bytes] = await edit("a b\r\na\na b", { oldText: "a", newText: "x\ny", replaceAll: true });
    expect([output, bytes.toString()]).toEqual([
      "modified w.txt: 3 replacements",
      "x\r\ny b\r\nx\ny\nx\ny b",
    ]);
  });

  it("Latin-1 stays Latin-1, and takes what it has a sign for", async () => {
    const before = Buffer.from("gr\xfcn\r\nwei\xdf\r\n", "latin1");
    const [output, bytes] = await edit(before, { oldText: "grün\nweiß", newText: "größer\n5 €" });
    expect([output, bytes.toString("latin1")]).toEqual([ONCE, "gr\xf6\xdfer\r\n5 \x80\r\n"]);
    const [refusal, unchanged] = await edit(before, { oldText: "grün", newText: "緑" });
    expect(refusal).toBe("w.txt: the file is encoded as Latin-1, which lacks a character of newText");
    expect(unchanged).toEqual(before);
  });

  it.each([
    ["little", [0xff, 0xfe], (text: string) => Buffer.from(text, "utf16le")],
    ["big", [0xfe, 0xff], (text: string) => Buffer.from(text, "utf16le").swap16()],
  ])("UTF-16 with a byte order mark, %s-endian", async (_name, mark, encode) => {
    const file = (text: string) => Buffer.concat([Buffer.from(mark), encode(text)]);
    const [output, bytes] = await edit(file("a\r\n😀ä\r\n"), { oldText: "a\n😀", newText: "b\n語" });
    expect([output, bytes]).toEqual([ONCE, file("b\r\n語ä\r\n")]);
    await using bench = await benchWith("w.txt", bytes);
    expect((await bench.call("read_file", { path: "w.txt" })).output).toMatch(
      /^b\n語ä\n\[encoding: UTF-16( \(big-endian\))?; line ends: CRLF\]$/,
    );
  });

  it("bytes that are no UTF-8 stay what they are outside the edit", async () => {
    const before = Buffer.concat([Buffer.from("ä one\n".repeat(20_000)), Buffer.from([0xff, 0x0a])]);
    const [output, bytes] = await edit(Buffer.concat([before, Buffer.from("two")]), {
      oldText: "two",
      newText: "zwölf",
    });
    expect(output).toBe(ONCE);
    expect(bytes).toEqual(Buffer.concat([before, Buffer.from("zwölf")]));
  });

  it("read_file shows lines without CR, says so, and reads Latin-1", async () => {
    await using bench = await benchWith("w.txt", "one\r\ntwo\r\n");
    expect((await bench.call("read_file", { path: "w.txt" })).output).toBe("one\ntwo\n[line ends: CRLF]");
    await writeFile(bench.path("l.txt"), Buffer.from("gr\xfcn\n", "latin1"));
    expect((await bench.call("read_file", { path: "l.txt" })).output).toBe("grün\n[encoding: Latin-1]");
    await writeFile(bench.path("b"), Buffer.from([0x1f, 0x8b, 0x08, 0xff]));
    expect((await bench.call("read_file", { path: "b" })).output).toContain("binary file");
  });

  it("write_file says what it changed without being asked to", async () => {
    await using bench = await benchWith("w.txt", "one\r\ntwo\r\n");
    expect((await bench.call("write_file", { path: "w.txt", content: "one\n" })).output).toContain(
      "lines ended in CRLF and end in LF now",
    );
    await writeFile(bench.path("l.txt"), Buffer.from("gr\xfcn\n", "latin1"));
    expect((await bench.call("write_file", { path: "l.txt", content: "grün\n" })).output).toContain(
      "the encoding was Latin-1 and is UTF-8 now",
    );
  });
});

describe("K9: cuts fall between characters", () => {
  it.each([8_190, 8_191, 8_192])("of a line with a pair at %i", async (length) => {
    await using bench = await benchWith("l.txt", `${"a".repeat(length)}😀${"b".repeat(100)}`);
    const { output } = await bench.call("read_file", { path: "l.txt" });
    expect(output.isWellFormed()).toBe(true);
    expect(output).toContain("more characters in this line");
  });

  it("of output that is shown while a command runs, and of its result", async () => {
    await using bench = await ToolBench.create();
    const { output } = await bench.call("bash", {
      command: `python3 -c 'print("a" + "😀" * 300000)'`,
    });
    expect(output.isWellFormed()).toBe(true);
    expect(bench.progress.every((piece) => piece.isWellFormed())).toBe(true);
  });
});
