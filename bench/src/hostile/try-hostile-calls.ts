import { setTimeout as wait } from "node:timers/promises";
import { followTask } from "@trunkline/client";
import { addUser, type FakeProviderProcess, ServerFixture } from "@trunkline/testkit";
import { Attacker } from "./attacker.ts";
import { HealthWatch } from "./health-watch.ts";
import type { HostileCall } from "./hostile-calls.ts";

/** What others noticed of a call. */
export interface Outcome {
  name: string;
  /** Longest `/health` request while it ran, in ms. */
  worstMs: number;
  /** The same for an idle server: how busy the machine was. */
  idleMs: number;
  tookMs: number;
  /** Whether it ended before the deadline. */
  ended: boolean;
}

/** Deadline of a call, in ms. */
const DEADLINE_MS = 60_000;
/** A call's effect may show a little later, in ms. */
const AFTERMATH_MS = 300;

/**
 * A server with two users: one streams all the time, the other makes the calls one after another. A server that a call
 * has stopped is restarted for the next.
 * @param idleUrl of an idle server
 */
export async function* tryHostileCalls(
  calls: readonly HostileCall[],
  provider: FakeProviderProcess,
  idleUrl: string,
): AsyncGenerator<Outcome, void> {
  await using server = await ServerFixture.start({
    env: { ...provider.serverEnv, TRUNKLINE_APPROVALS: "never", TRUNKLINE_REQUESTS_PER_MINUTE: "100000000" },
  });
  const victim = await addUser(server, "victim");
  const mallory = await addUser(server, "mallory");
  await using watch = new HealthWatch([`${server.url}/health`, idleUrl]);
  const streaming = new AbortController();
  const stream = readTokens(victim.client, streaming.signal);

  for (const call of calls) {
    const giveUp = AbortSignal.timeout(2 * DEADLINE_MS);
    const attacker = (signal: AbortSignal) =>
      new Attacker({ url: server.url, token: mallory.token, client: mallory.client, signal });
    const prepared = (await call.prepare?.(attacker(giveUp))) ?? "";
    await watch.worst();

    const startedAt = performance.now();
    const ended = await call.act(attacker(AbortSignal.timeout(DEADLINE_MS)), prepared).then(
      () => true,
      () => performance.now() - startedAt < DEADLINE_MS,
    );
    const tookMs = performance.now() - startedAt;
    await wait(AFTERMATH_MS);
    const [worstMs = 0, idleMs = 0] = await watch.worst();
    yield { name: call.name, worstMs, idleMs, tookMs, ended };

    if (!(await answers(server.url))) {
      if (server.isRunning) await server.kill();
      await server.restart();
    }
  }
  streaming.abort();
  await stream;
}

/** Reads tokens endlessly, reconnecting to a restarted server. */
async function readTokens(
  client: Awaited<ReturnType<typeof addUser>>["client"],
  signal: AbortSignal,
): Promise<void> {
  try {
    const task = await client.task.submit.mutate({ prompt: "tokens: 1000000 @ 50/s" });
    for await (const _event of followTask(client, { ...task, signal }));
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}
