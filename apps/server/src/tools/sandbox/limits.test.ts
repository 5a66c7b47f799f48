import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { beforeEach, expect, test } from "vitest";
import { NO_SMALL_DISK, SmallDisk } from "../../store/testing/small-disk.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { boundedBomb, countBombs, MAX_BOMBS } from "./testing/bounded-bomb.ts";
import { bwrap, NO_BWRAP, SandboxBench } from "./testing/sandbox-bench.ts";

beforeEach(({ skip }) => skip(bwrap === null, NO_BWRAP));

/*
 * These attempts do no harm if a limit fails: every process ends by itself, and writes stop about a gigabyte beyond the
 * limit.
 */

const MIB = 1_048_576;
const BEYOND = 1_024 * MIB;
/** Files of 8 MB, a gigabyte beyond 64 MiB. */
const MANY = 140;

/** Longest delay of this process's event loop, in ms, while the promise was pending. */
async function longestStall(pending: Promise<unknown>): Promise<number> {
  let ended = false;
  void pending.finally(() => (ended = true));
  let longest = 0;
  for (let before = performance.now(); !ended; before = performance.now()) {
    await wait(10);
    longest = Math.max(longest, performance.now() - before);
  }
  return longest;
}

test("a fork bomb ends in a failed tool, and the server goes on meanwhile", async () => {
  await using bench = await SandboxBench.create({ patience: { graceMs: 300, forceMs: 60_000 } });
  const bomb = bench.run(boundedBomb({ afterRefusal: "stay" }), { timeoutSeconds: 3 });
  const stall = await longestStall(bomb);
  expect(await bomb).toMatchObject({
    status: "failed",
    output: expect.stringContaining(
      "[timed out after 3 s: stopped, with everything it had started]",
    ) as string,
  });
  // Without limits the machine has no turn for anything else until somebody ends the bomb.
  expect(stall).toBeLessThan(20_000);
  expect((await countBombs(bench.workspace)).bombs).toBeLessThanOrEqual(DEFAULT_LIMITS.processes);
  expect(bench.records).toEqual([]);
  expect(await bench.run("echo fine")).toMatchObject({ output: "fine\n" });
});

test("a fork bomb in the background gets to the limit, and ends with the command that left it", async () => {
  await using bench = await SandboxBench.create({ patience: { graceMs: 300, forceMs: 60_000 } });
  const result = await bench.run(boundedBomb({ afterRefusal: 0, deadlineSeconds: 120 }));
  expect(result.output).toContain("[limit: no more than 512 processes may run]");
  expect(result.output).not.toContain("could not end");
  const { bombs, refusals } = await countBombs(bench.workspace);
  expect(refusals).toBeGreaterThan(0);
  expect(bombs).toBeLessThanOrEqual(DEFAULT_LIMITS.processes);
  expect(DEFAULT_LIMITS.processes).toBeLessThan(MAX_BOMBS);
  expect(bench.records).toEqual([]);
  expect(await bench.run("echo fine")).toMatchObject({ output: "fine\n" });
});

test("no more processes than the limit, threads counted", async () => {
  await using bench = await SandboxBench.create();
  const { output } = await bench.run(`python3 - <<'END'
import threading
started = 0
never = threading.Event()
try:
    for _ in range(1000):
        threading.Thread(target=never.wait, daemon=True).start()
        started += 1
except RuntimeError as error:
    print(error)
print(started, flush=True)
import os; os._exit(0)
END`);
  const [said, started] = output.trim().split("\n");
  expect(said).toBe("can't start new thread");
  expect(Number(started)).toBeGreaterThan(400);
  expect(Number(started)).toBeLessThan(512);
});

test("a write without an end ends in a failed tool, and takes no more than one file may", async () => {
  await using bench = await SandboxBench.create({ limits: { fileBytes: 32 * MIB } });
  const write = `head -c ${32 * MIB + BEYOND} /dev/zero > big`;
  expect(await bench.run(`exec ${write}`)).toMatchObject({
    status: "failed",
    output: "[limit: a file may not grow beyond 32 MiB]\n[ended by SIGXFSZ]",
  });
  expect(await bench.run(write)).toMatchObject({ status: "failed" });
  expect((await stat(bench.path("big"))).size).toBe(32 * MIB);
  // A sparse file of 10 GB takes no space.
  expect(await bench.run("truncate -s 10G sparse")).toMatchObject({ status: "failed" });
  expect(await bench.run(`fallocate -l ${32 * MIB + BEYOND} allocated`)).toMatchObject({ status: "failed" });
});

test("many files are stopped at what the workspace may hold, and can be removed again", async () => {
  await using bench = await SandboxBench.create({
    limits: { fileBytes: 8 * MIB, workspaceBytes: 64 * MIB },
    async noteUse(directory) {
      await writeFile(join(directory, "counted"), "");
      return null;
    },
  });
  // What a workspace had before is not the command's: it is counted first. What stops the command may be late.
  const fill = `until [ -e counted ]; do sleep 0.02; done
    for i in $(seq ${MANY}); do head -c 8000000 /dev/zero > part$i; sleep 0.02; done; sleep 600`;
  const result = await bench.run(fill);
  expect(result).toMatchObject({
    status: "failed",
    output: expect.stringMatching(
      /^\[limit: the workspace exceeds 64 MiB; removed .*\]\n\[ended by SIGKILL\]$/,
    ) as string,
  });
  const parts = (await readdir(bench.workspace)).filter((name) => name.startsWith("part")).length;
  expect(parts).toBeGreaterThan(6);
  expect(parts).toBeLessThan(MANY);
  expect(await bench.run("rm part*; sleep 0.3; ls")).toMatchObject({
    status: "succeeded",
    output: "counted\n",
  });
  expect(bench.records).toEqual([]);
});

test("a disk that runs full stops the command before it is full", async ({ skip }) => {
  const disk = await SmallDisk.mount(256);
  skip(disk === undefined, NO_SMALL_DISK);
  await using _ = disk;
  await using bench = await SandboxBench.create({
    parent: disk!.path,
    limits: { freeDiskBytes: 128 * MIB },
  });
  const result = await bench.run(
    "for i in $(seq 100); do head -c 4000000 /dev/zero > part$i; sleep 0.02; done 2> /dev/null; sleep 600",
  );
  expect(result).toMatchObject({
    status: "failed",
    output: expect.stringMatching(
      /^\[limit: the disk has less than 128 MiB left.*\]\n\[ended by SIGKILL\]$/,
    ) as string,
  });
  // Too little is left, and still there is a way to clean up.
  expect(await bench.run("rm part*; sleep 0.3; echo done")).toMatchObject({ output: "done\n" });
  await writeFile(bench.path("next"), "");
  expect((await readdir(bench.workspace)).toSorted()).toEqual(["next"]);
});

test("memory: /tmp, /dev/shm and one process are bounded, and the kernel takes commands first", async () => {
  await using bench = await SandboxBench.create({
    limits: { temporaryBytes: 4 * MIB, sharedMemoryBytes: 2 * MIB, processMemoryBytes: 512 * MIB },
  });
  const { output } = await bench.run(`
    head -c 100000000 /dev/zero > /tmp/a 2>/dev/null; stat -c %s /tmp/a
    head -c 100000000 /dev/zero > /dev/shm/a 2>/dev/null; stat -c %s /dev/shm/a
    python3 -c 'x = bytearray(1 << 30)' 2>&1 | tail -1
    cat /proc/self/oom_score_adj; nice`);
  expect(output.trim().split("\n")).toEqual([String(4 * MIB), String(2 * MIB), "MemoryError", "1000", "10"]);
});

test("the limits cannot be raised from inside", async () => {
  await using bench = await SandboxBench.create();
  const { output } = await bench.run(`
    ulimit -u 100000 2>/dev/null && echo "more processes"
    ulimit -f unlimited 2>/dev/null && echo "larger files"
    ulimit -d unlimited 2>/dev/null && echo "more memory"
    echo 100000 2>/dev/null > /proc/sys/kernel/pid_max && echo "more process ids"
    renice -n -5 $$ >/dev/null 2>&1 && echo "more time"
    echo 0 2>/dev/null > /proc/self/oom_score_adj && echo "less to fear"
    python3 -c 'import resource as r; r.setrlimit(r.RLIMIT_NPROC, (-1, -1))' 2>&1 | tail -1`);
  expect(output).toBe("ValueError: not allowed to raise maximum limit\n");
  expect(await readFile("/proc/sys/kernel/pid_max", "utf8")).not.toBe("512\n");
});
