import { access, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ToolBench } from "../testing/tool-bench.ts";
import { endProcessGroup } from "./process-group.ts";
import { listProcesses, readMarker, readProcess } from "./process-table.ts";

const PATIENCE = { graceMs: 300, forceMs: 60_000 };

/**
 * Ignores TERM, leaves session and group, and has no parent. Writes its pid when ready. The first fork exits
 * immediately, so that the second has no known parent.
 */
const STUBBORN = `
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork(): sys.exit(0)
os.setsid()
if os.fork(): sys.exit(0)
open(sys.argv[1] + ".new", "w").write(str(os.getpid()))
os.rename(sys.argv[1] + ".new", sys.argv[1])
time.sleep(700)
`;

async function withStubborn(bench: ToolBench): Promise<void> {
  await writeFile(bench.path("stubborn.py"), STUBBORN);
}

function waitForFile(bench: ToolBench, name: string): string {
  return `until test -s ${bench.path(name)}; do sleep 0.02; done`;
}

async function pidIn(bench: ToolBench, name: string): Promise<number> {
  return Number(await readFile(bench.path(name), "utf8"));
}

function isRunning(pid: number): boolean {
  const entry = readProcess(pid);
  return entry !== null && !entry.isZombie;
}

async function remaining(bench: ToolBench): Promise<number[]> {
  const all = await listProcesses();
  return all.flatMap(({ pid, isZombie }) =>
    !isZombie && readMarker(pid)?.startsWith(bench.owner) === true ? pid : [],
  );
}

test("cancel ends a tree that ignores TERM, called setsid and forked twice", async () => {
  await using bench = await ToolBench.create(PATIENCE);
  await withStubborn(bench);
  const abort = new AbortController();
  const begun = Promise.withResolvers<void>();
  const running = bench.call(
    "bash",
    {
      command: `trap '' TERM; python3 stubborn.py daemon; (trap '' TERM; sleep 600) & ${waitForFile(bench, "daemon")}; echo ready; while :; do sleep 600; done`,
    },
    {
      signal: abort.signal,
      progress: async (chunk) => {
        if (chunk.includes("ready")) begun.resolve();
      },
    },
  );
  await begun.promise;
  const daemon = await pidIn(bench, "daemon");
  expect(readProcess(daemon)?.groupId).not.toBe(bench.records[0]!.pid);
  expect((await remaining(bench)).length).toBeGreaterThanOrEqual(3);

  abort.abort();
  const result = await running;
  expect(result).toMatchObject({ status: "failed", output: "ready\n[stopped before it finished]" });
  expect(await remaining(bench)).toEqual([]);
  expect(isRunning(daemon)).toBe(false);
  expect(bench.records).toEqual([]);
});

test("a command that ends leaves nothing behind, and TERM lets what it left clean up", async () => {
  await using bench = await ToolBench.create({ graceMs: 60_000, forceMs: 60_000 });
  const result = await bench.call("bash", {
    command: `
      (trap 'sleep 0.1; echo bye > clean; exit' TERM; echo > up; for _ in $(seq 2000); do sleep 0.05; done) &
      setsid sleep 601 > /dev/null 2>&1 < /dev/null &
      nohup sleep 602 > /dev/null 2>&1 &
      until test -e up; do sleep 0.02; done
      echo done`,
  });
  expect(result).toMatchObject({ status: "succeeded", exitCode: 0 });
  expect(result.output).toMatch(/^done\n/);
  expect(await readFile(bench.path("clean"), "utf8")).toBe("bye\n");
  expect(await remaining(bench)).toEqual([]);
});

test("a group member that cleared its environment belongs to the tree, and so does its child in another session", async () => {
  await using bench = await ToolBench.create(PATIENCE);
  await bench.call("bash", {
    command: `env -i sh -c 'echo $$ > plain; setsid sh -c "echo \\$\\$ > child; exec sleep 603" & exec sleep 604' & ${waitForFile(bench, "child")}; ${waitForFile(bench, "plain")}`,
  });
  expect(isRunning(await pidIn(bench, "plain"))).toBe(false);
  expect(isRunning(await pidIn(bench, "child"))).toBe(false);
});

test("a stopped process is ended too", async () => {
  await using bench = await ToolBench.create({ graceMs: 60_000, forceMs: 60_000 });
  const beganAt = performance.now();
  await bench.call("bash", {
    command: `sh -c 'echo $$ > pid; kill -STOP $$; sleep 605' & ${waitForFile(bench, "pid")}`,
  });
  expect(isRunning(await pidIn(bench, "pid"))).toBe(false);
  expect(performance.now() - beganAt).toBeLessThan(30_000);
});

test("a tree that forks all the time ends", async () => {
  await using bench = await ToolBench.create({ graceMs: 0, forceMs: 60_000 });
  await bench.call("bash", {
    command: `hop() { while test ! -e stop && test $SECONDS -lt 20; do (setsid bash -c 'sleep 0.01' &); sleep 0.005; done; }; for i in 1 2 3; do hop & done; sleep 0.3`,
  });
  expect(await remaining(bench)).toEqual([]);
  await expect(access(join(bench.workspace, "stop"))).rejects.toThrow("ENOENT");
});

test("without a process table the group is ended: TERM, then KILL", async () => {
  await using bench = await ToolBench.create(PATIENCE);
  const running = bench.call("bash", { command: `trap '' TERM; echo $$ > pid; while :; do sleep 606; done` });
  const pid = await bench
    .call("bash", { command: `${waitForFile(bench, "pid")}; cat pid` })
    .then(({ output }) => Number(output));
  expect(await endProcessGroup(pid, { graceMs: 100, forceMs: 60_000 })).toEqual([]);
  expect(await running).toMatchObject({ output: "[ended by SIGKILL]" });
});
