import { createClient, followSession } from "@trunkline/client";
import type { SessionEvent } from "@trunkline/contract";
import {
  assertReceivedEqualsLog,
  FakeProvider,
  isTerminalEvent,
  randomToxics,
  readLog,
  ServerFixture,
  ToxicProxy,
} from "@trunkline/testkit";
import { expect, it } from "vitest";

/** 60 s where it is asked for (`TRUNKLINE_TOXIC_SECONDS=60`); a quarter of that with every change. */
const SECONDS = Number(process.env["TRUNKLINE_TOXIC_SECONDS"] ?? 15);

// No connection lasts: one that got no toxic would carry the whole stream.
const toxics = randomToxics({
  odds: { cut: 0.5, stall: 0.2, unavailable: 0.2, reset: 0.1 },
  maxBytes: 8_000,
  maxStallMs: 500,
});

it(
  "a subscriber behind cuts, stalls and 503s sees the log exactly once, in order",
  async () => {
    await using provider = await FakeProvider.start();
    await using server = await ServerFixture.start({ env: provider.serverEnv });
    await using proxy = await ToxicProxy.start({ target: server.url, toxics, seed: 7 });
    const client = createClient({ url: proxy.url, token: server.token });
    const { sessionId } = await server.client.task.submit.mutate({
      prompt: `tokens: ${SECONDS * 100} @ 100/s`,
    });

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
      if (events.some(isTerminalEvent)) controller.abort();
    }
    assertReceivedEqualsLog(received, await readLog(server.client, sessionId));
    const { counts } = proxy;
    expect(counts.cut).toBeGreaterThan(0);
    expect(counts.cut + counts.stalled + counts.unavailable).toBeGreaterThan(5);
  },
  (SECONDS + 60) * 1_000,
);
