import { createClient, followSession } from "@trunkline/client";
import type { SessionEvent } from "@trunkline/contract";
import {
  assertReceivedEqualsLog,
  FakeProvider,
  isTerminalEvent,
  connectionReset,
  cutAfter,
  readLog,
  ServerFixture,
  stalledAfter,
  type ToxicChoice,
  ToxicProxy,
  unavailable,
} from "@trunkline/testkit";
import { expect, it } from "vitest";

/** 60 s on request (`TRUNKLINE_TOXIC_SECONDS=60`), a quarter of that by default. */
const SECONDS = Number(process.env["TRUNKLINE_TOXIC_SECONDS"] ?? 15);

/** Two seconds each; more where a busy machine says all of it in so few pieces that too little goes wrong. */
const TASKS = Math.ceil(SECONDS / 2);
const MAX_TASKS = 20 * TASKS;

/** Every connection is cut in the end, whatever else happens to it. */
const toxics: ToxicChoice = (_connection, random) => {
  const draw = random();
  const upTo = (max: number): number => Math.floor(random() * max);
  if (draw < 0.2) return [unavailable()];
  if (draw < 0.3) return [connectionReset];
  const stall = draw < 0.6 ? [stalledAfter(upTo(20_000), upTo(2_000))] : [];
  return [...stall, cutAfter(1_000 + upTo(50_000))];
};

it(
  "a subscriber behind cuts, stalls and 503s sees the log exactly once, in order",
  async () => {
    await using provider = await FakeProvider.start();
    await using server = await ServerFixture.start({ env: provider.serverEnv });
    await using proxy = await ToxicProxy.start({ target: server.url, toxics, seed: 7 });
    const { counts } = proxy;
    const client = createClient({ url: proxy.url, token: server.token });
    // Texts shorter than what a connection carries before it is cut.
    const { id: sessionId } = await server.client.session.create.mutate({});
    const submit = async (): Promise<unknown> =>
      server.client.task.submit.mutate({ sessionId, prompt: "tokens: 200 @ 100/s" });
    let submitted = 0;
    for (; submitted < TASKS; submitted++) await submit();

    const received: SessionEvent[] = [];
    const controller = new AbortController();
    const options = {
      sessionId,
      signal: controller.signal,
      silenceLimitMs: 1_000,
      backoff: { minMs: 10, maxMs: 300 },
    };
    for await (const { events } of followSession(client, options)) {
      received.push(...events);
      if (received.filter(isTerminalEvent).length < submitted) continue;
      if ((counts.cut > 2 && counts.unavailable > 0) || submitted >= MAX_TASKS) controller.abort();
      else {
        await submit();
        submitted += 1;
      }
    }
    assertReceivedEqualsLog(received, await readLog(server.client, sessionId));
    expect(counts.cut).toBeGreaterThan(2);
    expect(counts.unavailable).toBeGreaterThan(0);
  },
  (SECONDS + 300) * 1_000,
);
