import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { expect, it } from "vitest";
import type { OnOutput, Spawner } from "../port.ts";
import { bwrap, NO_BWRAP, SandboxBench } from "../sandbox/testing/sandbox-bench.ts";
import { createBareSpawner } from "./bare-spawner.ts";

const BYTES = 100_000;
const ledger = { onSpawn: async () => undefined, onExit: async () => undefined };
const bare = (): Spawner => createBareSpawner({ owner: `test-${randomUUID()}`, ledger });

/** Ends a command as soon as it has ended itself. @returns how much of its output was read */
async function readBytes(spawner: Spawner, cwd: string, command: string, take: OnOutput): Promise<number> {
  let read = 0;
  const running = await spawner.spawn({
    argv: ["bash", "-c", command],
    cwd,
    environment: { PATH: process.env["PATH"] ?? "" },
    onOutput(bytes) {
      read += bytes.length;
      return take(bytes);
    },
  });
  await running.exited;
  expect(await running.end()).toEqual([]);
  return read;
}

/** As a store that is away for a moment, or a client that reads slowly. */
const slowly = async (): Promise<void> => wait(1_500);

it("all output is read, however long the reader takes for its part", async () => {
  expect(await readBytes(bare(), "/", `head -c ${BYTES} /dev/zero`, slowly)).toBe(BYTES);
});

it("also of the sandbox", async ({ skip }) => {
  skip(bwrap === null, NO_BWRAP);
  await using bench = await SandboxBench.create();
  const command = `head -c ${BYTES} /dev/zero`;
  expect(await readBytes(bench.spawner, bench.workspace, command, slowly)).toBe(BYTES);
});

it("what somebody else writes into the pipe for ever is not waited for", async () => {
  // Neither its group, its environment nor its parents tell whose it is.
  const stranger = `import os
if os.fork(): os._exit(0)
os.setsid()
if os.fork(): os._exit(0)
os.execve("/bin/sh", ["sh", "-c", "echo $$ >&2; exec yes"], {})`;
  const pid = Promise.withResolvers<number>();
  const running = await bare().spawn({
    argv: ["python3", "-c", stranger],
    cwd: "/",
    environment: { PATH: process.env["PATH"] ?? "" },
    onOutput: () => undefined,
    onErrorOutput: (bytes) => pid.resolve(Number(Buffer.from(bytes).toString())),
  });
  await running.exited;
  const left = await pid.promise;
  try {
    expect(await running.end()).toEqual([]);
  } finally {
    process.kill(left, "SIGKILL");
  }
});
