import { FakeProviderProcess } from "@trunkline/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Remote } from "../processes/remote.ts";
import type { RawProtocol } from "../yardstick/raw-protocol.ts";
import { HOSTILE_CALLS, type HostileCall } from "./hostile-calls.ts";
import { type Outcome, tryHostileCalls } from "./try-hostile-calls.ts";

/** Maximum delay caused by a call, beyond that of an idle server on the same machine, in ms. */
const BUDGET_MS = 200;
/** A call that blocks the server does so every time; a machine that was busy once is not its fault. */
const TRIES = 3;
/** Work that shows how long work takes on this machine now, in ms of CPU. */
const PROBE_MS = 50;

/** The calls in the table that hold. The others are figures of `pnpm bench hostile`. */
const HOLDS =
  /^(?:search|list_files|edit_file|write_file|read_file|fork|delete|import|export|terminal|web_fetch|a body)/;

let provider: FakeProviderProcess;
let idle: Remote<RawProtocol>;
let idleUrl: string;
beforeAll(async () => {
  provider = await FakeProviderProcess.start();
  idle = new Remote<RawProtocol>("raw-server.ts");
  const { port } = await idle.ask("start", {});
  idleUrl = `http://127.0.0.1:${port}/health`;
});
afterAll(async () => {
  await idle.close();
  await provider.close();
});

const beyondIdle = ({ worstMs, idleMs }: Outcome): number => worstMs - idleMs;

/** How many times as long work takes as it would with a core of its own: an idle server does not notice that. */
function slowness(): number {
  const startedAt = performance.now();
  const before = process.threadCpuUsage();
  for (;;) {
    const { user, system } = process.threadCpuUsage(before);
    const spentMs = (user + system) / 1_000;
    if (spentMs >= PROBE_MS) return Math.max(1, (performance.now() - startedAt) / spentMs);
  }
}

it("H1: nobody's call keeps /health from others, whatever its data", async () => {
  let left: HostileCall[] = HOSTILE_CALLS.filter(({ name }) => HOLDS.test(name));
  expect(left.length).toBeGreaterThan(15);
  const said: string[] = [];
  for (let tries = 0; tries < TRIES && left.length > 0; tries += 1) {
    const slow = new Set<string>();
    for await (const outcome of tryHostileCalls(left, provider, idleUrl)) {
      if (outcome.ended && beyondIdle(outcome) <= BUDGET_MS) continue;
      const times = slowness();
      if (outcome.ended && beyondIdle(outcome) <= BUDGET_MS * times) continue;
      slow.add(outcome.name);
      const [worst, idleWorst] = [outcome.worstMs, outcome.idleMs].map(Math.round);
      said.push(
        `${outcome.name}: ${worst} ms, idle ${idleWorst} ms, the machine ${times.toFixed(1)} × slower`,
      );
    }
    left = left.filter(({ name }) => slow.has(name));
  }
  expect(
    left.map(({ name }) => name),
    said.join("\n"),
  ).toEqual([]);
}, 600_000);
