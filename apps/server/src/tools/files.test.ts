import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmod,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ToolBench } from "./testing/tool-bench.ts";

const OUTSIDE = "outside the workspace";

/** A directory that no tool may reach, with a file that none may read or change. */
async function secretPlace() {
  const path = await mkdtemp(join(tmpdir(), "trunkline-secret-"));
  await mkdir(join(path, "inner"));
  await writeFile(join(path, "secret"), "canary");
  await writeFile(join(path, "inner/secret"), "canary");
  return {
    path,
    check: async () => {
      expect((await readdir(path, { recursive: true })).toSorted()).toEqual([
        "inner",
        "inner/secret",
        "secret",
      ]);
      expect(await readFile(join(path, "secret"), "utf8")).toBe("canary");
      expect(await readFile(join(path, "inner/secret"), "utf8")).toBe("canary");
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

describe("no way out of the workspace", () => {
  test.each(["../x", "a/../../x", "/etc/passwd", "..", "/"])("%s", async (path) => {
    await using bench = await ToolBench.create();
    await expect(bench.call("read_file", { path })).rejects.toThrow(OUTSIDE);
    await expect(bench.call("write_file", { path, content: "x" })).rejects.toThrow(OUTSIDE);
    await expect(bench.call("edit_file", { path, oldText: "a", newText: "b" })).rejects.toThrow(OUTSIDE);
    await expect(bench.call("list_files", { path })).rejects.toThrow(OUTSIDE);
  });

  test("a link that leads to itself is told without the server's own words", async () => {
    await using bench = await ToolBench.create();
    await symlink("self", bench.path("self"));
    await expect(bench.call("read_file", { path: "self" })).rejects.toThrow(
      /^self: a symbolic link on the way is broken or loops$/,
    );
  });

  test("nor through a symbolic link: to a file, to a directory, to nothing, in a chain", async () => {
    await using bench = await ToolBench.create();
    await using secret = await secretPlace();
    await symlink(join(secret.path, "secret"), bench.path("file"));
    await symlink(secret.path, bench.path("directory"));
    await symlink("directory", bench.path("chain"));
    await symlink(join(secret.path, "new"), bench.path("dangling"));
    for (const path of ["file", "directory/secret", "chain/secret"]) {
      await expect(bench.call("read_file", { path })).rejects.toThrow(OUTSIDE);
      await expect(bench.call("write_file", { path, content: "x" })).rejects.toThrow(OUTSIDE);
      await expect(bench.call("edit_file", { path, oldText: "canary", newText: "x" })).rejects.toThrow(
        OUTSIDE,
      );
    }
    for (const path of ["directory/new", "directory/deep/new", "chain/new"]) {
      await expect(bench.call("write_file", { path, content: "x" })).rejects.toThrow(OUTSIDE);
    }
    await expect(bench.call("list_files", { path: "chain" })).rejects.toThrow(OUTSIDE);
    await expect(bench.call("write_file", { path: "dangling", content: "x" })).rejects.toThrow(
      "symbolic link",
    );
    await expect(bench.call("write_file", { path: "dangling/x", content: "x" })).rejects.toThrow();
    expect((await bench.call("list_files", { depth: 5 })).output.split("\n")).toEqual([
      "chain@",
      "dangling@",
      "directory@",
      "file@",
    ]);
    await secret.check();
  });

  test("nor through a directory that is swapped for a link in between", async () => {
    await using bench = await ToolBench.create();
    await using secret = await secretPlace();
    await mkdir(bench.path("real/inner"), { recursive: true });
    await writeFile(bench.path("real/secret"), "harmless");
    await writeFile(bench.path("real/inner/secret"), "harmless");
    // Swaps `place` between the real directory and a link to the secret one, at most two minutes. How fast the two
    // processes are beside each other is the machine's choice: each state is held for a random time, often none.
    const swapper = spawn("python3", [
      "-c",
      `
import os, random, shutil, sys, time
os.chdir(sys.argv[1])
print("ready", flush=True)
until = time.monotonic() + 120
def hold():
    time.sleep(random.choice([0, 0, 0.0001, 0.001]))
while time.monotonic() < until:
    try:
        os.symlink(sys.argv[2], "link"); os.rename("link", "place"); hold(); os.remove("place")
        os.rename("real", "place"); hold(); os.rename("place", "real")
    except OSError:
        # write_file made a directory where for a moment there was nothing.
        if os.path.lexists("link"): os.remove("link")
        if os.path.lexists("real"): shutil.rmtree("place", ignore_errors=True)
        elif os.path.lexists("place"): os.rename("place", "real")
`,
      bench.workspace,
      secret.path,
    ]);
    const swapperEnded = once(swapper, "exit");
    await once(swapper.stdout, "data");
    let reads = 0;
    let misses = 0;
    for (let round = 0; round < 300 || reads < 20 || misses < 20; round++) {
      const calls = await Promise.allSettled([
        bench.call("read_file", { path: "place/inner/secret" }),
        bench.call("read_file", { path: "place/secret" }),
        bench.call("write_file", { path: "place/inner/new", content: "x" }),
        bench.call("write_file", { path: "place/new", content: "x" }),
        bench.call("list_files", { path: "place/inner" }),
      ]);
      for (const call of calls) {
        if (call.status === "fulfilled") expect(call.value.output).not.toContain("canary");
      }
      if (calls[0].status === "fulfilled") reads++;
      else misses++;
    }
    swapper.kill("SIGKILL");
    expect(await swapperEnded).toEqual([null, "SIGKILL"]);
    await secret.check();
  });

  test("links inside the workspace are followed", async () => {
    await using bench = await ToolBench.create();
    await mkdir(bench.path("packages/a"), { recursive: true });
    await symlink("packages/a", bench.path("a"));
    await bench.call("write_file", { path: "a/x.txt", content: "one\n" });
    await symlink("packages/a/x.txt", bench.path("x"));
    await bench.call("edit_file", { path: "x", oldText: "one", newText: "two" });
    expect(await readFile(bench.path("packages/a/x.txt"), "utf8")).toBe("two\n");
    expect((await bench.call("read_file", { path: join(bench.workspace, "a/x.txt") })).output).toBe("two");
  });

  test("what is no regular file is refused, and does not hold the tool", async () => {
    await using bench = await ToolBench.create();
    await bench.call("bash", { command: "mkfifo pipe; mkdir dir" });
    await expect(bench.call("read_file", { path: "pipe" })).rejects.toThrow("not a regular file");
    await expect(bench.call("read_file", { path: "dir" })).rejects.toThrow("is a directory");
    await expect(bench.call("write_file", { path: "dir", content: "x" })).rejects.toThrow("is a directory");
    await expect(bench.call("write_file", { path: ".", content: "x" })).rejects.toThrow("is a directory");
    await expect(bench.call("read_file", { path: "a\0b" })).rejects.toThrow("NUL");
    await expect(bench.call("read_file", { path: "dir/none" })).rejects.toThrow("dir/none: no such file");
  });
});

describe("write_file", () => {
  test("creates directories and file, then replaces it as a whole, and counts lines", async () => {
    await using bench = await ToolBench.create();
    const created = await bench.call("write_file", { path: "a/b/c.txt", content: "1\n2\n3\n" });
    expect(created).toEqual({
      status: "succeeded",
      output: "created a/b/c.txt: 6 bytes, 3 lines",
      fileChanges: [{ path: "a/b/c.txt", change: "created", additions: 3, deletions: 0 }],
    });
    await chmod(bench.path("a/b/c.txt"), 0o755);
    await link(bench.path("a/b/c.txt"), bench.path("before"));
    const modified = await bench.call("write_file", { path: "a/b/c.txt", content: "1\ntwo\nmore\n3\n" });
    expect(modified.fileChanges?.[0]).toEqual({
      path: "a/b/c.txt",
      change: "modified",
      additions: 2,
      deletions: 1,
    });
    expect(await readFile(bench.path("before"), "utf8")).toBe("1\n2\n3\n");
    expect((await stat(bench.path("a/b/c.txt"))).mode & 0o777).toBe(0o755);
    expect(await readdir(bench.path("a/b"))).toEqual(["c.txt"]);
  });

  test("what cannot be written leaves nothing behind", async () => {
    await using bench = await ToolBench.create();
    await bench.call("write_file", { path: "file", content: "x" });
    await expect(bench.call("write_file", { path: "file/below", content: "x" })).rejects.toThrow(
      "not a directory",
    );
    await expect(bench.call("write_file", { path: "n".repeat(300), content: "x" })).rejects.toThrow(
      "too long",
    );
    expect(await readdir(bench.workspace)).toEqual(["file"]);
  });
});

describe("edit_file", () => {
  test("replaces what occurs once, literally, and keeps the file's permissions", async () => {
    await using bench = await ToolBench.create();
    await writeFile(bench.path("run.sh"), "#!/bin/sh\necho a.b\necho axb\n", { mode: 0o750 });
    const result = await bench.call("edit_file", { path: "run.sh", oldText: "a.b", newText: "$& $1 $$" });
    expect(result).toMatchObject({
      status: "succeeded",
      fileChanges: [{ path: "run.sh", change: "modified", additions: 1, deletions: 1 }],
    });
    expect(await readFile(bench.path("run.sh"), "utf8")).toBe("#!/bin/sh\necho $& $1 $$\necho axb\n");
    expect((await stat(bench.path("run.sh"))).mode & 0o777).toBe(0o750);
  });

  test("says how often the text occurs where that is not once", async () => {
    await using bench = await ToolBench.create();
    await writeFile(bench.path("x"), "aaaa\nb\n");
    const edit = (input: object) => bench.call("edit_file", { path: "x", newText: "c", ...input });
    expect(await edit({ oldText: "aa" })).toMatchObject({
      status: "failed",
      output: expect.stringContaining("occurs 2 times") as string,
    });
    expect(await edit({ oldText: "nowhere" })).toMatchObject({
      status: "failed",
      output: expect.stringContaining("not found") as string,
    });
    expect(await edit({ oldText: "aa", replaceAll: true })).toMatchObject({
      output: "modified x: 2 replacements",
    });
    expect(await readFile(bench.path("x"), "utf8")).toBe("cc\nb\n");
    await writeFile(bench.path("x"), Buffer.from([0x61, 0, 0x61]));
    await expect(edit({ oldText: "a" })).rejects.toThrow("binary");
  });
});

describe("read_file", () => {
  test("reads all, a part, with numbers, and says where to go on", async () => {
    await using bench = await ToolBench.create();
    await writeFile(bench.path("x"), "a\nb\nc\nd");
    const read = async (input: object) => (await bench.call("read_file", { path: "x", ...input })).output;
    expect(await read({})).toBe("a\nb\nc\nd");
    expect(await read({ offset: 2, limit: 2 })).toBe("b\nc\n[… the file continues: read on from line 4 …]");
    expect(await read({ offset: 4, limit: 1, lineNumbers: true })).toBe("4\td");
    expect(await read({ offset: 5 })).toContain("fewer than 5 lines");
    await writeFile(bench.path("x"), "");
    expect(await read({})).toBe("(the file is empty)");
    await writeFile(bench.path("x"), "ab\0c");
    expect(await bench.call("read_file", { path: "x" })).toMatchObject({
      status: "failed",
      output: "x: this is a binary file (4 bytes)",
    });
  });

  test("a long file comes in pieces that join to the whole, and a long line is cut", async () => {
    await using bench = await ToolBench.create();
    const lines = Array.from({ length: 9_000 }, (_, index) => `line ${index} ${"ä".repeat(index % 50)}`);
    await writeFile(bench.path("long"), `${lines.join("\n")}\n`);
    const read: string[] = [];
    for (let offset: number | null = 1; offset !== null;) {
      const { output } = await bench.call("read_file", { path: "long", offset, limit: 10_000 });
      expect(output.length).toBeLessThan(66_000);
      const next = /\n\[… the file continues: read on from line (\d+) …\]$/.exec(output);
      read.push(...output.slice(0, next?.index ?? output.length).split("\n"));
      offset = next === null ? null : Number(next[1]);
    }
    expect(read).toEqual(lines);

    await writeFile(bench.path("wide"), `${"x".repeat(1_000_000)}\nend`);
    const { output } = await bench.call("read_file", { path: "wide" });
    expect(output.slice(8_190)).toBe("xx [… 991808 more characters in this line …]\nend");
  });
});

describe("list_files", () => {
  test("lists to a depth, by glob, without going into .git and node_modules", async () => {
    await using bench = await ToolBench.create();
    for (const path of [
      "src/deep/er/x.ts",
      "src/a.ts",
      "src/b.js",
      "node_modules/m/i.js",
      ".git/config",
      "z",
    ]) {
      await bench.call("write_file", { path, content: "" });
    }
    const list = async (input: object = {}) => (await bench.call("list_files", input)).output.split("\n");
    expect(await list()).toEqual([
      ".git/",
      "node_modules/",
      "src/",
      "src/a.ts",
      "src/b.js",
      "src/deep/",
      "z",
    ]);
    expect(await list({ depth: 1, path: "src" })).toEqual(["src/a.ts", "src/b.js", "src/deep/"]);
    expect(await list({ glob: "**/*.ts" })).toEqual(["src/a.ts", "src/deep/er/x.ts"]);
    expect(await list({ path: "node_modules" })).toEqual(["node_modules/m/", "node_modules/m/i.js"]);
    expect(await list({ glob: "*.none" })).toEqual(["(no file matches)"]);
    expect(await list({ path: "src/deep/er" })).toEqual(["src/deep/er/x.ts"]);
    await expect(bench.call("list_files", { path: "none" })).rejects.toThrow("no such");
    await expect(bench.call("list_files", { path: "z" })).rejects.toThrow("not a directory");
  });

  test("shows 500 entries and says that there are more", async () => {
    await using bench = await ToolBench.create();
    await bench.call("bash", { command: "for i in $(seq 1000 1500); do : > f$i; done" });
    const lines = (await bench.call("list_files", {})).output.split("\n");
    expect(lines).toHaveLength(501);
    expect(lines.slice(499)).toEqual(["f1499", expect.stringContaining("more entries")]);
    await rm(bench.path("f1500"));
    expect((await bench.call("list_files", {})).output.split("\n")).toHaveLength(500);
  });
});
