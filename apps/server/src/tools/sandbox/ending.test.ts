import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rm, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { beforeEach, expect, test, vi } from "vitest";
import type { ProcessEntry } from "../process/process-table.ts";
import { familyOf, isRunning, processesNaming } from "./testing/process-family.ts";
import { bwrap, NO_BWRAP, SandboxBench, unlessOutside } from "./testing/sandbox-bench.ts";
import { STUBBORN, untilFile } from "./testing/stubborn.ts";

beforeEach(({ skip }) => skip(bwrap === null, NO_BWRAP));

const PATIENCE = { graceMs: 300, forceMs: 60_000 };

/** Runs a command until its first output, and lists its processes. */
async function begin(bench: SandboxBench, command: string) {
  const abort = new AbortController();
  const begun = Promise.withResolvers<void>();
  const result = bench.run(command, { signal: abort.signal, progress: async () => begun.resolve() });
  await Promise.race([begun.promise, result]);
  return { abort, result, family: await familyOf(bench.records[0]?.pid ?? -1) };
}

test("cancel ends what ignores TERM, cleared its environment, called setsid and forked twice", async () => {
  await using bench = await SandboxBench.create({ patience: PATIENCE });
  await writeFile(bench.path("stubborn.py"), STUBBORN);
  const { abort, result, family } = await begin(
    bench,
    `trap '' TERM; python3 stubborn.py daemon; (trap '' TERM; sleep 600) & ${untilFile("daemon")}; echo ready; while :; do sleep 600; done`,
  );
  // bwrap, the supervisor, bash, the daemon and a sleep; another may have just started.
  expect(family.length).toBeGreaterThanOrEqual(5);
  abort.abort();
  expect(await result).toMatchObject({ status: "failed", output: "ready\n[stopped before it finished]" });
  expect(family.filter(isRunning)).toEqual([]);
  expect(bench.records).toEqual([]);
});

test("a command that ends leaves nothing behind, and TERM lets what it left clean up", async () => {
  await using bench = await SandboxBench.create({ patience: { graceMs: 60_000, forceMs: 60_000 } });
  const result = await bench.run(`
    (trap 'sleep 0.1; echo bye > clean; exit' TERM; echo > up; for _ in $(seq 2000); do sleep 0.05; done) &
    setsid sleep 601 > /dev/null 2>&1 < /dev/null &
    nohup env -i sleep 602 > /dev/null 2>&1 &
    until test -e up; do sleep 0.02; done
    echo done`);
  expect(result).toMatchObject({ status: "succeeded", exitCode: 0 });
  expect(result.output).toMatch(/^done\n/);
  expect(await readFile(bench.path("clean"), "utf8")).toBe("bye\n");
  expect(bench.records).toEqual([]);
});

test("a command that takes TERM itself gets to clean up when it is canceled", async () => {
  await using bench = await SandboxBench.create({ patience: { graceMs: 60_000, forceMs: 60_000 } });
  const { abort, result } = await begin(
    bench,
    "trap 'echo cleaned > clean; echo bye; exit 3' TERM; echo up; for _ in $(seq 2000); do sleep 0.05; done",
  );
  const canceledAt = performance.now();
  abort.abort();
  expect((await result).output).toMatch(/^up\n(Terminated\n)?bye\n\[stopped before it finished\]$/);
  expect(performance.now() - canceledAt).toBeLessThan(30_000);
  expect(await readFile(bench.path("clean"), "utf8")).toBe("cleaned\n");
});

test("stopped processes end, and a tree that forks all the time", async () => {
  await using bench = await SandboxBench.create({ patience: { graceMs: 200, forceMs: 60_000 } });
  await bench.run(`sh -c 'kill -STOP $$; sleep 605' & sleep 0.1`);
  const { result, family } = await begin(
    bench,
    `hop() { while test ! -e stop && test $SECONDS -lt 20; do (setsid bash -c 'sleep 0.01' &); sleep 0.005; done; }
     for i in 1 2 3; do hop & done; sleep 0.3; echo up; ${untilFile("seen")}`,
  );
  await writeFile(bench.path("seen"), "now");
  expect(family.length).toBeGreaterThanOrEqual(5);
  await result;
  expect(family.filter(isRunning)).toEqual([]);
  expect(bench.records).toEqual([]);
});

test("exit codes and signals arrive", async () => {
  await using bench = await SandboxBench.create();
  expect(await bench.run("exit 3")).toMatchObject({ status: "failed", exitCode: 3 });
  expect(await bench.run("kill -9 $$")).toMatchObject({
    status: "failed",
    exitCode: null,
    output: "[ended by SIGKILL]",
  });
  expect(await bench.run(`${await unlessOutside()}; sleep 600 & kill -9 -1; echo alone`)).toMatchObject({
    output: "alone\n",
  });
  expect(await bench.run("if")).toMatchObject({ status: "failed", exitCode: 2 });
  // Default signal handling: not ignored, as in a shell's background.
  expect((await bench.run("(trap) ; kill -INT $$; echo ignored")).output).toBe("[ended by SIGINT]");
  expect(await bench.run("echo begun; sleep 600", { timeoutSeconds: 1 })).toMatchObject({
    output: "begun\n[timed out after 1 s: stopped, with everything it had started]",
  });
  expect(bench.records).toEqual([]);
});

test("a command in the sandbox cannot forge the word of another's end", async () => {
  await using bench = await SandboxBench.create();
  const { output } = await bench.run(
    "echo 'exit 7' >&3; echo up; (echo 'exit 8' > /proc/1/fd/3) 2>&1 | tail -1 | cut -d: -f4; exit 5",
  );
  expect(output).toMatch(/3: Bad file descriptor\nup\n Permission denied\n$/);
});

test("output streams while the command runs, and holds it back where nobody takes it", async () => {
  await using bench = await SandboxBench.create();
  const shown: string[] = [];
  const running = bench.run(
    `echo begun; echo more >&2; echo x > /dev/stdout; ${untilFile("go")}; echo ended`,
    {
      progress: async (chunk) => {
        shown.push(chunk);
        if (shown.join("").endsWith("x\n")) await writeFile(bench.path("go"), "now");
      },
    },
  );
  expect(await running).toMatchObject({ status: "succeeded", output: "begun\nmore\nx\nended\n" });
  expect(shown.join("")).toBe("begun\nmore\nx\nended\n");
  const long = await bench.run("yes 0123456789abcde | head -c 20000000; echo last");
  expect(long.omittedBytes).toBe(20_000_000 + 5 - 65_536);
});

/** A process that plays the server, with a stubborn command in a sandbox. */
async function startOwner() {
  const script = new URL("testing/own-sandbox.ts", import.meta.url).pathname;
  const owner = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(owner, "exit");
  const said = createInterface(owner.stdout)[Symbol.asyncIterator]();
  const next = async <T>(): Promise<T> => JSON.parse((await said.next()).value as string) as T;
  const dataDir = await next<string>();
  return {
    dataDir,
    running: () => next<ProcessEntry[]>(),
    kill: async () => {
      owner.kill("SIGKILL");
      await ended;
    },
    [Symbol.asyncDispose]: async () => {
      owner.kill("SIGKILL");
      await ended;
      await rm(dataDir, { recursive: true });
    },
  };
}

test("a server that is killed takes every process of its sandboxes with it", async () => {
  await using owner = await startOwner();
  const alive = (await owner.running()).filter(isRunning);
  expect(alive.length).toBeGreaterThanOrEqual(5);
  await owner.kill();
  await vi.waitFor(() => expect(alive.filter(isRunning)).toEqual([]), { timeout: 60_000, interval: 5 });
});

test("so does one that is killed while a sandbox is being made", async () => {
  for (let round = 0; round < 5; round++) {
    await using owner = await startOwner();
    const begun = () => processesNaming(owner.dataDir);
    await vi.waitFor(async () => expect(await begun()).not.toEqual([]), { timeout: 60_000, interval: round });
    await owner.kill();
    await vi.waitFor(async () => expect(await begun()).toEqual([]), { timeout: 60_000, interval: 20 });
  }
});
