import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, statfs, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { NO_SMALL_DISK, SmallDisk } from "../../store/testing/small-disk.ts";
import { rawNamesIn, writeRawNames } from "../../common/testing/raw-names.ts";
import { removeGrowth } from "./remove-growth.ts";
import { bwrap, SandboxBench } from "./testing/sandbox-bench.ts";

const run = promisify(execFile);
const MIB = 1_048_576;

/** Shell code that waits until the workspace was counted, with what the command has written so far. */
const untilCounted = "until [ -e counted ]; do sleep 0.02; done";

async function freeMib(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return (bavail * bsize) / MIB;
}

describe.skipIf(bwrap === null)("H8: the disk's floor holds", () => {
  const cases = {
    "against fallocate": "for i in $(seq 20); do fallocate -l 50M part$i; done",
    "against one quick file": "head -c 250M /dev/zero > big",
    "against files that are left when the command ends":
      "head -c 180M /dev/zero > big; mkdir d; mv big d; echo done",
    "against a directory that is closed":
      "mkdir d; head -c 200M /dev/zero > d/big & sleep 0.05; chmod 0 d; wait",
    "against a deep directory": `python3 -c '
import os
for i in range(2000): os.mkdir("d"); os.chdir("d")
with open("big", "wb") as f:
    for i in range(220): f.write(bytes(1 << 20))'`,
  };
  it.each(Object.entries(cases))("%s", async (_name, command) => {
    await using disk = await SmallDisk.mount(256);
    // Only root can mount one.
    if (disk === undefined) return expect(NO_SMALL_DISK).toBeTypeOf("string");
    await using bench = await SandboxBench.create({
      parent: disk.path,
      limits: { freeDiskBytes: 128 * MIB },
    });
    await bench.run(command);
    expect(await freeMib(disk.path)).toBeGreaterThanOrEqual(128);
    await run("rm", ["-rf", bench.workspace]);
  });

  it("and the call says what was removed", async ({ skip }) => {
    await using disk = await SmallDisk.mount(256);
    if (disk === undefined) return skip(NO_SMALL_DISK);
    await using bench = await SandboxBench.create({
      parent: disk.path,
      limits: { freeDiskBytes: 128 * MIB },
    });
    await writeFile(bench.path("old"), Buffer.alloc(30 * MIB));
    await wait(50);
    const { output } = await bench.run("echo small > small; head -c 250M /dev/zero > big 2> /dev/null");
    expect(output).toMatch(
      /^\[limit: the disk has less than 128 MiB left; removed .* MiB that the command wrote, in 1 file: "big"\]/,
    );
    expect((await readdir(bench.workspace)).toSorted()).toEqual(["old", "small"]);
  });
});

describe.skipIf(bwrap === null)("a directory that is not the server's", () => {
  it("loses nothing: its owner may have changed it meanwhile, and has no other copy", async ({ skip }) => {
    await using disk = await SmallDisk.mount(256);
    if (disk === undefined) return skip(NO_SMALL_DISK);
    await using bench = await SandboxBench.create({ limits: { freeDiskBytes: 128 * MIB } });
    const workspace = join(disk.path, "theirs");
    await mkdir(workspace);
    await writeFile(join(workspace, "database"), Buffer.alloc(30 * MIB));
    await wait(50);
    const { output } = await bench.run("head -c 200M /dev/zero >> database; sleep 60", { workspace });
    expect(output).toMatch(/^\[limit: the disk has less than 128 MiB left; nothing was removed, /);
    expect(await readdir(workspace)).toEqual(["database"]);
  });
});

describe.skipIf(bwrap === null)("what one user may take", () => {
  it("ends the command that exceeds it, and removes as much of what it wrote", async ({ skip }) => {
    await using disk = await SmallDisk.mount(256);
    if (disk === undefined) return skip(NO_SMALL_DISK);
    const noted = new Map([["elsewhere", 40 * MIB]]);
    const limitBytes = 100 * MIB;
    await using bench = await SandboxBench.create({
      parent: disk.path,
      limits: { freeDiskBytes: 16 * MIB, workspaceBytes: 160 * MIB },
      async noteUse(directory, usedBytes) {
        noted.set(directory, usedBytes);
        if (usedBytes > 16 * MIB) await writeFile(join(directory, "counted"), "");
        return { limitBytes, leftBytes: limitBytes - noted.values().reduce((sum, bytes) => sum + bytes) };
      },
    });
    const { output } = await bench.run(
      `head -c 30M /dev/zero > first; ${untilCounted}; head -c 60M /dev/zero > second; sleep 60`,
    );
    expect(output).toMatch(
      /^\[limit: your sessions and projects exceed 100 MiB, which is what one user may take of the disk; removed [\d.]+ MiB that the command wrote, in 1 file: "second"\]/,
    );
    expect((await readdir(bench.workspace)).toSorted()).toEqual(["counted", "first"]);
    expect(noted.get(bench.workspace)).toBeLessThan(32 * MIB);
    // What is over the limit before it starts may be tidied up.
    noted.set("elsewhere", 120 * MIB);
    expect((await bench.run("rm first && echo tidy")).output).toContain("tidy");
  });

  it("is watched more closely where little is left, in many workspaces and by short commands, too", async ({
    skip,
  }) => {
    await using disk = await SmallDisk.mount(400);
    if (disk === undefined) return skip(NO_SMALL_DISK);
    const limitBytes = 100 * MIB;
    let taken = 90 * MIB;
    const noted: number[] = [];
    await using bench = await SandboxBench.create({
      parent: disk.path,
      // Counted by its own limit after 64 MiB.
      limits: { freeDiskBytes: 16 * MIB, workspaceBytes: 1_024 * MIB },
      async noteUse(directory, usedBytes) {
        noted.push(usedBytes);
        await writeFile(join(directory, "counted"), "");
        return { limitBytes, leftBytes: limitBytes - taken - usedBytes };
      },
    });
    const { output } = await bench.run(
      `head -c 1M /dev/zero > first; ${untilCounted}; head -c 30M /dev/zero > second; sleep 60`,
    );
    expect(output).toMatch(/^\[limit: your sessions and projects exceed 100 MiB, .* 1 file: "second"\]/);
    taken = 0;
    noted.length = 0;
    await bench.run("head -c 30M /dev/zero > short");
    // What came after a count in the middle is not counted again where it is less than 16 MiB.
    expect(noted.at(-1)).toBeGreaterThan(14 * MIB);
  });
});

describe("H8: removeGrowth", () => {
  async function workspace() {
    const path = await mkdtemp(join(tmpdir(), "trunkline-growth-"));
    await mkdir(join(path, "d"));
    for (const name of ["old", "grown"]) await writeFile(join(path, name), Buffer.alloc(4 * MIB, 1));
    await wait(60);
    const sinceMs = Date.now();
    await wait(10);
    await writeFile(join(path, "grown"), Buffer.alloc(5 * MIB, 1));
    for (const [name, size] of [
      ["d/large", 3],
      ["d/small", 1],
    ] as const) {
      await writeFile(join(path, name), Buffer.alloc(size * MIB, 1));
    }
    return {
      path,
      sinceMs,
      names: async () => (await readdir(path, { recursive: true })).filter((name) => name !== "d").toSorted(),
      [Symbol.asyncDispose]: () => rm(path, { recursive: true }),
    };
  }

  it.each([
    ["the largest that is new", 2, ["d/small", "grown", "old"]],
    ["what is new before what was changed", 4, ["grown", "old"]],
    ["what was changed where that is not enough", 8, ["old"]],
    ["nothing where others have filled the disk", 20, ["d/large", "d/small", "grown", "old"]],
  ])("removes %s", async (_name, mib, left) => {
    await using at = await workspace();
    await removeGrowth(at.path, { sinceMs: at.sinceMs, bytes: mib * MIB });
    expect(await at.names()).toEqual(left);
  });

  it("removes what is new under a name that is no UTF-8, at any depth", async () => {
    await using at = await workspace();
    await writeRawNames(at.path, Buffer.alloc(20 * MIB, 1));
    const removed = await removeGrowth(at.path, { sinceMs: at.sinceMs, bytes: 40 * MIB });
    expect(removed).toMatchObject({
      files: 2,
      names: expect.arrayContaining(["file\u{fffd}", "inner\u{fffd}"]),
    });
    expect(await rawNamesIn(at.path)).toEqual(["linkÿ -> fileÿ"]);
  });
});

describe.skipIf(bwrap === null)("H18: usedBytes", () => {
  it("counts what is closed to its owner, as an ordinary user", async () => {
    const path = await mkdtemp(join(tmpdir(), "trunkline-used-"));
    await mkdir(join(path, "w", "closed"), { recursive: true });
    await writeFile(join(path, "w", "closed", "file"), Buffer.alloc(3 * MIB, 1));
    const isRoot = process.getuid?.() === 0;
    await run("sh", ["-c", `chmod 755 . && chmod 0 w/closed ${isRoot ? "&& chown -R 65534:65534 w" : ""}`], {
      cwd: path,
    });
    const module = new URL("disk-usage.ts", import.meta.url).href;
    const { stdout } = await run(process.execPath, [
      "--input-type=module",
      "-e",
      `const { usedBytes } = await import(${JSON.stringify(module)});
      ${isRoot ? "process.setgroups([]); process.setgid(65534); process.setuid(65534);" : ""}
      console.log(await usedBytes(${JSON.stringify(join(path, "w"))}, ${JSON.stringify(bwrap)}));`,
    ]);
    expect(Number(stdout)).toBeGreaterThanOrEqual(3 * MIB);
    await run("sh", ["-c", "chmod -R u+rwX . && rm -r w"], { cwd: path });
    await rm(path, { recursive: true });
  });
});
