import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { expect, it } from "vitest";
import type { Spawner } from "../port.ts";
import { bwrap, NO_BWRAP, SandboxBench } from "../sandbox/testing/sandbox-bench.ts";
import { createBareSpawner } from "./bare-spawner.ts";

const PATIENCE = { graceMs: 300, forceMs: 60_000 };

/** Talks with a program that answers each line, then closes its input. */
async function talk(spawner: Spawner, cwd: string) {
  let output = "";
  const heard = new EventTarget();
  const running = await spawner.spawn({
    argv: ["bash", "-c", 'while read -r line; do echo "heard $line"; done; echo end'],
    cwd,
    environment: { PATH: process.env["PATH"] ?? "" },
    input: "interactive",
    onOutput(bytes) {
      output += Buffer.from(bytes).toString();
      heard.dispatchEvent(new Event("output"));
    },
  });
  running.stdin?.write("one\n");
  while (!output.includes("heard one\n")) await once(heard, "output");
  running.stdin?.end("two\n");
  const exit = await running.exited;
  return { exit, survivors: await running.end(), output };
}

const WHOLE = { exit: { code: 0, signal: null }, survivors: [], output: "heard one\nheard two\nend\n" };

it("a process on the bare machine reads what is written while it runs, and its end", async () => {
  const ledger = { onSpawn: async () => undefined, onExit: async () => undefined };
  const spawner = createBareSpawner({ owner: `test-${randomUUID()}`, ledger, patience: PATIENCE });
  expect(await talk(spawner, "/")).toEqual(WHOLE);
});

it("so does one in the sandbox", async ({ skip }) => {
  skip(bwrap === null, NO_BWRAP);
  await using bench = await SandboxBench.create({ patience: PATIENCE });
  expect(await talk(bench.spawner, bench.workspace)).toEqual(WHOLE);
});
