import type { EventBatch, SessionEvent } from "@trunkline/contract";
import { afterEach, describe, expect, it, vi } from "vitest";
import { isApiError, TrunklineApiError } from "./api-error.ts";
import { createClient } from "./client.ts";
import { followSession, type FollowOptions } from "./follow-session.ts";
import type { FollowState } from "./stream/stream-options.ts";
import {
  message,
  startProtocolServer,
  textEvent,
  type ProtocolServer,
  type Subscriber,
} from "./testing/protocol-server.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** Looks in each turn of the event loop. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

const quick = { backoff: { minMs: 1, maxMs: 4 }, random: () => 0.5 };

function follow(
  server: ProtocolServer,
  options: Partial<FollowOptions> = {},
): AsyncGenerator<EventBatch, void> {
  const client = createClient({ url: server.url, token: "secret" });
  return followSession(client, { sessionId: "s", ...quick, ...options });
}

async function takeEvents(count: number, batches: AsyncIterable<EventBatch>): Promise<SessionEvent[]> {
  const events: SessionEvent[] = [];
  for await (const batch of batches) {
    events.push(...batch.events);
    if (events.length >= count) break;
  }
  return events;
}

const seqs = (events: SessionEvent[]): number[] => events.map(({ seq }) => seq);

describe("followSession", () => {
  it("asks for the session with the token, and yields what comes", async () => {
    let authorization: string | undefined;
    await using server = await startProtocolServer((subscriber) => {
      authorization = subscriber.headers.authorization;
      expect(subscriber.input).toEqual({ sessionId: "s" });
      subscriber.open().send({ events: [textEvent(1), textEvent(2, 'ünï\n"🙂"')], live: false });
    });
    const events = await takeEvents(2, follow(server));
    expect(events).toEqual([textEvent(1), textEvent(2, 'ünï\n"🙂"')]);
    expect(authorization).toBe("Bearer secret");
  });

  it("starts after the cursor it is given", async () => {
    await using server = await startProtocolServer((subscriber) => {
      subscriber.open().send({ events: [textEvent(subscriber.cursor + 1)], live: true });
    });
    expect(seqs(await takeEvents(1, follow(server, { after: 41 })))).toEqual([42]);
  });

  it("resumes a broken connection after the last event it yielded", async () => {
    const cursors: number[] = [];
    let current: Subscriber | undefined;
    await using server = await startProtocolServer((subscriber) => {
      current = subscriber;
      cursors.push(subscriber.cursor);
      subscriber.open().send({ events: [textEvent(subscriber.cursor + 1)], live: true });
    });
    const seen: number[] = [];
    for await (const { events } of follow(server)) {
      seen.push(...seqs(events));
      if (seen.length === 5) break;
      current?.cut();
    }
    expect(seen).toEqual([1, 2, 3, 4, 5]);
    expect(cursors).toEqual([0, 1, 2, 3, 4]);
  });

  it("resumes a stream that the server ended in order", async () => {
    await using server = await startProtocolServer((subscriber) => {
      subscriber.open().send({ events: [textEvent(subscriber.cursor + 1)], live: true });
      subscriber.raw("event: return\ndata: \n\n\n");
    });
    expect(seqs(await takeEvents(3, follow(server)))).toEqual([1, 2, 3]);
  });

  it("drops what is repeated or late, and keeps holes", async () => {
    await using server = await startProtocolServer((subscriber) => {
      const sent = [[1, 2], [1, 2, 3], [3, 2, 7, 5, 7], [8]];
      subscriber.open();
      for (const batch of sent) subscriber.send({ events: batch.map((seq) => textEvent(seq)), live: true });
    });
    expect(seqs(await takeEvents(5, follow(server)))).toEqual([1, 2, 3, 7, 8]);
  });

  it("says once per connection that it caught up, even if nothing is new", async () => {
    await using server = await startProtocolServer((subscriber, count) => {
      subscriber.open().send({ events: [], live: false }).send({ events: [], live: true });
      subscriber.send({ events: [], live: true });
      if (count < 3) subscriber.response.end();
      else subscriber.send({ events: [textEvent(1)], live: true });
    });
    const batches: EventBatch[] = [];
    for await (const batch of follow(server)) {
      batches.push(batch);
      if (batch.events.length > 0) break;
    }
    const caughtUp = { events: [], live: true };
    expect(batches).toEqual([caughtUp, caughtUp, caughtUp, { events: [textEvent(1)], live: true }]);
  });

  it("survives refusals that pass, and tells its state", async () => {
    await using server = await startProtocolServer((subscriber, count) => {
      if (count === 1) subscriber.fail(503, "<html>starting</html>");
      else if (count === 2) subscriber.response.socket?.destroy();
      else if (count === 3) subscriber.fail(429, "", { "retry-after": "0" });
      else if (count === 4) subscriber.fail(200, "<html>", { "content-type": "text/html" });
      else
        subscriber
          .open()
          .send({ events: [textEvent(1)], live: false })
          .send({ events: [], live: true });
    });
    const states: FollowState[] = [];
    for await (const { live } of follow(server, { onState: (state) => states.push(state) })) if (live) break;
    expect(states.map(({ status, attempt }) => `${status} ${attempt}`).join(", ")).toBe(
      "connecting 1, waiting 1, connecting 2, waiting 2, connecting 3, waiting 3, " +
        "connecting 4, waiting 4, connecting 5, replaying 0, live 0",
    );
    expect(isApiError(states[1]?.error, "unavailable")).toBe(true);
    expect(isApiError(states[5]?.error, "rate_limited")).toBe(true);
    expect(states[7]?.error?.message).toContain("text/html");
    expect(states[7]?.retryInMs).toBe(3);
  });

  it("waits as long as the server asks to", async () => {
    await using server = await startProtocolServer((subscriber) => {
      subscriber.fail(503, "", { "retry-after": "7" });
    });
    const stop = new AbortController();
    const states: FollowState[] = [];
    const onState = (state: FollowState): void => {
      states.push(state);
      if (state.status === "waiting") stop.abort();
    };
    expect(await takeEvents(1, follow(server, { onState, signal: stop.signal }))).toEqual([]);
    expect(states.at(-1)?.retryInMs).toBe(7_000);
  });

  it.each([
    [400, "validation_failed"],
    [401, "unauthorized"],
    [403, "forbidden"],
    [404, "not_found"],
    [412, "validation_failed"],
  ] as const)("gives up on HTTP %i, whatever wrote it", async (status, reason) => {
    await using server = await startProtocolServer((subscriber) =>
      subscriber.fail(status, "<html>no</html>"),
    );
    const error = await takeEvents(1, follow(server)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TrunklineApiError);
    expect(error).toMatchObject({ reason, httpStatus: status });
    expect(server.requests).toBe(1);
  });

  it("gives up on a final error inside the stream, and retries a passing one", async () => {
    const error = (reason: string, httpStatus: number): string =>
      `event: serialized-error\ndata: ${JSON.stringify({ message: reason, code: -32000, data: { httpStatus, reason } })}\n\n\n`;
    await using server = await startProtocolServer((subscriber, count) => {
      subscriber.open();
      if (count === 1) subscriber.raw(error("internal", 500));
      else subscriber.send({ events: [textEvent(1)], live: true }).raw(error("cursor_invalid", 400));
    });
    const seen: number[] = [];
    const following = (async () => {
      for await (const { events } of follow(server)) seen.push(...seqs(events));
    })();
    await expect(following).rejects.toMatchObject({ reason: "cursor_invalid", httpStatus: 400 });
    expect(seen).toEqual([1]);
    expect(server.requests).toBe(2);
  });

  it("reconnects after damage of any kind", async () => {
    const damage: (string | Uint8Array)[] = [
      "data: {not json\n\n",
      `data: ${JSON.stringify({ events: "none", live: true })}\n\n`,
      `data: ${JSON.stringify({ events: [{ seq: "1" }], live: true })}\n\n`,
      "data: null\n\n",
      Uint8Array.of(0x64, 0x61, 0xff, 0xfe, 0x0a, 0x0a),
    ];
    await using server = await startProtocolServer((subscriber, count) => {
      subscriber.open();
      const broken = damage[count - 1];
      if (broken === undefined) subscriber.send({ events: [textEvent(1)], live: true });
      else subscriber.raw(broken);
    });
    expect(seqs(await takeEvents(1, follow(server)))).toEqual([1]);
    expect(server.requests).toBe(damage.length + 1);
  });

  it("loses and repeats nothing when cut at any byte", async () => {
    const all = [textEvent(1), textEvent(3, "é🙂"), textEvent(4), textEvent(9, "last")];
    const replay = (cursor: number): Buffer => {
      const events = all.filter(({ seq }) => seq > cursor);
      const [head, ...tail] = events;
      const batches = [
        { events: head === undefined ? [] : [head], live: false },
        { events: tail, live: true },
      ];
      return Buffer.from(`event: connected\ndata: {}\n\n\n${batches.map(message).join("")}`);
    };
    let cutAt = 0;
    let first = true;
    await using server = await startProtocolServer((subscriber) => {
      subscriber.response.writeHead(200, { "content-type": "text/event-stream" });
      const bytes = replay(subscriber.cursor);
      if (first) subscriber.raw(bytes.subarray(0, cutAt)).cut();
      else subscriber.raw(bytes);
      first = false;
    });
    for (; cutAt <= replay(0).length; cutAt += 1) {
      first = true;
      expect(await takeEvents(all.length, follow(server)), `cut at ${cutAt}`).toEqual(all);
    }
  });

  it("gives a silent connection up, before and after the first byte; pings keep it", async () => {
    const third = Promise.withResolvers<Subscriber>();
    await using server = await startProtocolServer((subscriber, count) => {
      if (count === 1) return;
      subscriber.open();
      if (count === 3) third.resolve(subscriber);
    });
    const errors: (string | undefined)[] = [];
    const onState = ({ status, error }: FollowState): void => {
      if (status === "waiting") errors.push(error?.message);
    };
    // Time passes as the test says: a busy machine is itself silent for longer than the limit.
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const timers = vi.spyOn(globalThis, "setTimeout");
    const taken = takeEvents(1, follow(server, { silenceLimitMs: 200, onState }));
    for (const connection of [1, 2]) {
      await until(() => server.requests === connection);
      await until(() => {
        vi.advanceTimersByTime(200);
        return errors.length === connection;
      });
      await until(() => vi.getTimerCount() > 0);
      vi.advanceTimersByTime(4);
    }
    const subscriber = await third.promise;
    for (let pings = 0; pings < 5; pings++) {
      const before = timers.mock.calls.length;
      subscriber.raw("event: ping\ndata: \n\n\n");
      await until(() => timers.mock.calls.length > before);
      vi.advanceTimersByTime(150);
    }
    subscriber.send({ events: [textEvent(1)], live: true });
    expect(seqs(await taken)).toEqual([1]);
    expect(errors).toEqual(["No data received for 0.2 s", "No data received for 0.2 s"]);
    expect(server.requests).toBe(3);
  });

  it("reads no faster than it is iterated", async () => {
    const batch = message({ events: [textEvent(1, "x".repeat(64 * 1024))], live: true });
    let written = 0;
    const stalled = Promise.withResolvers<void>();
    await using server = await startProtocolServer((subscriber) => {
      subscriber.open();
      const pump = (): void => {
        while (written < 64 * 1024 * 1024) {
          written += batch.length;
          if (!subscriber.response.write(batch)) {
            // Nothing drains once every buffer on the way is full.
            const stall = setTimeout(() => stalled.resolve(), 300);
            subscriber.response.once("drain", () => {
              clearTimeout(stall);
              pump();
            });
            return;
          }
        }
      };
      pump();
    });
    const batches = follow(server);
    await batches.next();
    await stalled.promise;
    expect(written).toBeLessThan(32 * 1024 * 1024);
    await batches.return();
  });
});
