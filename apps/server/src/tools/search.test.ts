import { mkdir, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MatchOutput } from "./search/match-output.ts";
import { ToolBench } from "./testing/tool-bench.ts";

const KEY = "sk-canary-0123456789-abcdefghij";

describe("glob and grep", () => {
  let bench: ToolBench;
  beforeAll(async () => {
    bench = await ToolBench.create(undefined, [KEY]);
    const files = {
      "src/a.ts": "one\ntwo Foo\nthree\n",
      "src/deep/b.ts": "foo(1)\n",
      "src/c.md": "foo\n",
      ".github/ci.yml": "foo: 1\n",
      ".gitignore": "out/\n",
      "out/d.ts": "foo\n",
      ".git/e.ts": "foo\n",
      "-e.txt": "dash foo\n",
      "odd\nname.txt": "foo\n",
      binary: "foo\0foo\n",
      "long.txt": `${"a".repeat(480)} foo ${KEY} ${"b".repeat(3_000)}\n`,
    };
    for (const directory of ["src/deep", ".github", "out", ".git"]) {
      await mkdir(bench.path(directory), { recursive: true });
    }
    for (const [path, text] of Object.entries(files)) await writeFile(bench.path(path), text);
    await symlink(tmpdir(), bench.path("link"));
  });
  afterAll(() => bench[Symbol.asyncDispose]());

  const grep = async (input: object) => (await bench.call("grep", input)).output;
  const glob = async (input: object) => (await bench.call("glob", input)).output;

  it("grep shows lines by file, in order, and what is hidden but not ignored", async () => {
    const output = await grep({ pattern: "fo+" });
    expect(output.split("\n").filter((line) => !/^\d/.test(line) && line !== "")).toEqual([
      "-e.txt",
      ".github/ci.yml",
      "long.txt",
      String.raw`odd\u000aname.txt`,
      "src/c.md",
      "src/deep/b.ts",
    ]);
    expect(output).toContain("-e.txt\n1:dash foo\n");
    // Cut to its limit after secrets were removed: no part of one is left.
    expect(output).toMatch(/1:a{480} foo \[redact.* \[…\]/);
    expect(output).not.toContain("sk-");
  });

  it("grep by directory, file, glob, case, context, plain text, files, counts, and what is ignored", async () => {
    expect(await grep({ pattern: "FOO", path: "src", ignoreCase: true, glob: "*.ts" })).toBe(
      "src/a.ts\n2:two Foo\n\nsrc/deep/b.ts\n1:foo(1)",
    );
    expect(await grep({ pattern: "Foo", path: "src/a.ts", context: 1 })).toBe(
      "src/a.ts\n1-one\n2:two Foo\n3-three",
    );
    expect(await grep({ pattern: "foo(1)", literal: true, show: "files" })).toBe("src/deep/b.ts");
    expect(await grep({ pattern: "o", path: "src/a.ts", show: "counts" })).toBe("src/a.ts\n2");
    expect(await grep({ pattern: "foo", path: "out" })).toBe("out/d.ts\n1:foo");
    await mkdir(bench.path("src/out"));
    await writeFile(bench.path("src/out/f.ts"), "ignored\n");
    expect(await grep({ pattern: "ignored", path: "src" })).toBe("(no match)");
    expect(await grep({ pattern: "ignored", path: "src", includeIgnored: true })).toBe(
      "src/out/f.ts\n1:ignored",
    );
    expect(await grep({ pattern: "foo", path: "src", limit: 1 })).toBe(
      "src/c.md\n1:foo\n[… there is more: narrow the pattern, path or glob, or raise limit …]",
    );
    // What looks like an option is none.
    expect(await grep({ pattern: "--version", path: "-e.txt" })).toBe("(no match)");
  });

  it("grep says what is wrong, and leaves the workspace by no path", async () => {
    expect(await bench.call("grep", { pattern: "(" })).toMatchObject({
      status: "failed",
      output: expect.stringContaining("unclosed group") as string,
    });
    await expect(grep({ pattern: "x", path: "none" })).rejects.toThrow("no such file");
    for (const path of ["../x", "/etc", "link"]) {
      await expect(grep({ pattern: "x", path })).rejects.toThrow("outside the workspace");
      await expect(glob({ pattern: "x", path })).rejects.toThrow("outside the workspace");
    }
  });

  it("H2: grep takes linear time for a pattern that others backtrack on", async () => {
    await writeFile(bench.path("out/slow"), `${"a".repeat(200_000)}\n`);
    expect(await grep({ pattern: "(a+)+$", path: "out/slow", includeIgnored: true, show: "files" })).toBe(
      "out/slow",
    );
    expect(await grep({ pattern: "(a*)*b", path: "out/slow", includeIgnored: true })).toBe("(no match)");
  });

  it("glob finds names at any depth, or paths", async () => {
    expect(await glob({ pattern: "*.ts" })).toBe("out/d.ts\nsrc/a.ts\nsrc/deep/b.ts\nsrc/out/f.ts");
    expect(await glob({ pattern: "src/*.{ts,md}" })).toBe("src/a.ts\nsrc/c.md");
    expect(await glob({ pattern: "*.ts", path: "src/deep" })).toBe("src/deep/b.ts");
    expect(await glob({ pattern: ".github/*" })).toBe(".github/ci.yml");
    expect(await glob({ pattern: "*.none" })).toBe("(no file matches)");
  });

  it("plan hands the list to the user", async () => {
    const items = [
      { text: "look", status: "done" },
      { text: "act", status: "active" },
    ];
    expect(await bench.call("plan", { items })).toMatchObject({ status: "succeeded", plan: items });
    expect(bench.tools.find(({ name }) => name === "plan")?.title?.({ items })).toBe("1 of 2 steps done");
  });
});

describe("what ripgrep writes", () => {
  it("is read in any pieces, and bounded whatever its lines and paths are", () => {
    const bytes = Buffer.from(
      `./a\u00001:ü\n./a\u00002-x\n./${"p".repeat(20_000)}\u00003:${"y".repeat(90_000)}\n`,
    );
    const read = (piece: number) => {
      const output = new MatchOutput("lines", { lines: 10, length: 50_000 });
      for (let at = 0; at < bytes.length; at += piece) output.push(bytes.subarray(at, at + piece));
      return output.text();
    };
    const whole = read(bytes.length);
    expect(read(1)).toBe(whole);
    expect(read(7)).toBe(whole);
    expect(whole).toMatch(/^a\n1:ü\n2-x\n\np{8190}\n3:y{498} \[…\]$/);
  });
});
