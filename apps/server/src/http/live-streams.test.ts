import { randomUUID } from "node:crypto";
import { getEventListeners, once } from "node:events";
import type { IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { databasePath } from "../store/sqlite/database-path.ts";
import { bringBackTokens } from "../store/testing/raw-rows.ts";
import { revokeTokens } from "../auth/testing/auth-fixture.ts";
import { aborted } from "./testing/fake-services.ts";
import { type HttpFixture, openHttpFixture } from "./testing/http-fixture.ts";

let fixture: HttpFixture;
beforeEach(async () => {
  fixture = await openHttpFixture();
});
afterEach(async () => fixture[Symbol.asyncDispose]());

const PATH = `/trpc/session.subscribe?input=${encodeURIComponent(JSON.stringify({ sessionId: randomUUID() }))}`;
const bearer = () => ({ authorization: `Bearer ${fixture.token}` });

/** Waits for the first batch: from then on the generator is running. */
async function firstBatch(stream: IncomingMessage): Promise<void> {
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    if (String(chunk).includes('"live"')) return;
  }
  throw new Error("the stream ended before its first batch");
}

async function openStreams(count: number): Promise<IncomingMessage[]> {
  const open = async (): Promise<IncomingMessage> => {
    const stream = await fixture.openStream(PATH, bearer());
    await firstBatch(stream);
    return stream;
  };
  return Promise.all(Array.from({ length: count }, open));
}

const allClosed = async () => vi.waitFor(() => expect(fixture.services.openStreams).toBe(0), 60_000);

describe("a stream", () => {
  it("is neither compressed nor kept nor held back", async () => {
    const stream = await fixture.openStream(PATH, { ...bearer(), "accept-encoding": "gzip" });
    expect(stream.headers).toMatchObject({
      "content-type": "text/event-stream",
      "cache-control": "no-cache, no-transform",
      "x-accel-buffering": "no",
    });
    expect(stream.headers["content-encoding"]).toBeUndefined();
    await firstBatch(stream);
    stream.destroy();
  });

  it("runs its generator's finally when the client leaves", async () => {
    const stream = await fixture.openStream(PATH, bearer());
    await firstBatch(stream);
    expect(fixture.services.openStreams).toBe(1);
    stream.destroy();
    await allClosed();
  });

  it("does so however early the client leaves", async () => {
    const sockets = Array.from({ length: 50 }, (_, index) => {
      const socket = connect(fixture.port, "127.0.0.1");
      socket.write(
        `GET ${PATH} HTTP/1.1\r\nHost: localhost:${fixture.port}\r\nAuthorization: Bearer ${fixture.token}\r\n\r\n`,
        () => setTimeout(() => socket.resetAndDestroy(), index % 10),
      );
      return new Promise((resolve) => socket.once("close", resolve));
    });
    await Promise.all(sockets);
    await allClosed();
    await vi.waitFor(async () => expect(await openableStreams()).toBe(200), 60_000);
  });

  it("is not counted for ever when its client left while the token was looked up", async () => {
    await fixture[Symbol.asyncDispose]();
    const asked: (() => void)[] = [];
    fixture = await openHttpFixture({}, (auth) => ({
      async authenticate(credentials) {
        await new Promise<void>((resolve) => asked.push(resolve));
        return auth.authenticate(credentials);
      },
    }));
    const sockets = Array.from({ length: 200 }, () => {
      const socket = connect(fixture.port, "127.0.0.1");
      socket.write(
        `GET ${PATH} HTTP/1.1\r\nHost: localhost:${fixture.port}\r\nAuthorization: Bearer ${fixture.token}\r\n\r\n`,
      );
      return socket;
    });
    await vi.waitFor(() => expect(asked).toHaveLength(200), 60_000);
    for (const socket of sockets) socket.destroy();
    const cutOff = () => fixture.logLines.filter((line) => line.includes("request cut off")).length;
    await vi.waitFor(() => expect(cutOff()).toBe(200), 60_000);
    for (const resolve of asked.splice(0)) resolve();
    const next = fixture.openStream(PATH, bearer());
    await vi.waitFor(() => expect(asked).toHaveLength(1), 60_000);
    asked[0]?.();
    expect((await next).statusCode).toBe(200);
  });

  it("leaves nothing behind: 1,000 times connected and left", async () => {
    const signals: AbortSignal[] = [];
    const removed = { count: 0 };
    fixture.services.play = async function* (_principal, _input, signal) {
      signals.push(signal);
      yield { events: [], live: true };
      signal.addEventListener("abort", () => (removed.count += 1), { once: true });
      await aborted(signal);
    };
    for (let round = 0; round < 20; round += 1) {
      const streams = await openStreams(50);
      for (const stream of streams) stream.destroy();
    }
    await allClosed();
    expect(signals).toHaveLength(1_000);
    expect(signals.every((signal) => signal.aborted)).toBe(true);
    expect(removed.count).toBe(1_000);
    expect(signals.flatMap((signal) => getEventListeners(signal, "abort"))).toEqual([]);
    expect(fixture.logLines.filter((line) => /"level":[456]0/.test(line))).toEqual([]);
  });

  it("is not pulled while its reader stalls", async () => {
    const message = "x".repeat(10_000);
    fixture.services.play = async function* (_principal, { sessionId }, signal) {
      for (let seq = 1; !signal.aborted; seq += 1) {
        yield {
          events: [{ sessionId, taskId: null, seq, at: 1, type: "notice", data: { level: "info", message } }],
          live: false,
        };
      }
    };
    const stream = await fixture.openStream(PATH, bearer());
    // Nobody reads: the buffers of kernel and Node fill up, then the generator pauses.
    let before = -1;
    await vi.waitFor(
      () => {
        const { pulled } = fixture.services;
        const rested = pulled > 0 && pulled === before;
        before = pulled;
        expect(rested).toBe(true);
      },
      { timeout: 60_000, interval: 300 },
    );
    expect(fixture.services.pulled).toBeLessThan(1_500);
    const restedAt = fixture.services.pulled;
    stream.resume();
    await vi.waitFor(() => expect(fixture.services.pulled).toBeGreaterThan(restedAt + 1_000), 60_000);
    stream.destroy();
    await allClosed();
  });

  it.each([
    ["tRPC", PATH],
    ["REST", `/api/sessions/${randomUUID()}/events`],
  ])("E6: its exception is logged with its session, over %s", async (_name, path) => {
    fixture.services.play = async function* () {
      yield { events: [], live: true };
      throw new Error("broken inside");
    };
    const stream = await fixture.openStream(path, { ...bearer(), accept: "text/event-stream" });
    const told = await text(stream);
    expect(told).toContain('"reason":"internal"');
    expect(told).not.toContain("broken inside");
    const line = fixture.logLines.find((candidate) => candidate.includes("broken inside"));
    expect(JSON.parse(line!)).toMatchObject({
      level: 50,
      path: "session.subscribe",
      sessionId: /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(decodeURIComponent(path))![0],
      err: { message: "broken inside" },
    });
  });

  it("ends at once with its token's revocation, and of nobody else's", async () => {
    const browser = await fixture.signIn();
    const mine = await fixture.openStream(PATH, bearer());
    const browsers = await fixture.openStream(PATH, browser);
    await Promise.all([firstBatch(mine), firstBatch(browsers)]);
    await revokeTokens(fixture.auth.store, fixture.auth.clock.now, "browser");
    const startedAt = performance.now();
    await text(browsers);
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    expect(fixture.services.openStreams).toBe(1);
    expect(mine.destroyed).toBe(false);
    fixture.auth.clock.now += 1_000;
    expect((await fixture.openStream(PATH, browser)).statusCode).toBe(401);
    mine.destroy();
  });

  it("ends when its token expires", async () => {
    const browser = await fixture.signIn();
    const stream = await fixture.openStream(PATH, browser);
    await firstBatch(stream);
    fixture.auth.clock.now += 31 * 24 * 60 * 60 * 1_000;
    await text(stream);
    expect(fixture.services.openStreams).toBe(0);
  });

  it("cannot be had uncounted, by whatever spelling of its path", async () => {
    for (const path of [
      PATH.replace("session.subscribe", "session%2Esubscribe"),
      PATH.replace("session.subscribe", "%73ession.subscribe"),
      PATH.replace("session.subscribe", "session.subscribe/"),
      PATH.replace("/trpc/", "/trpc//"),
      `${PATH.replace("session.subscribe", "session.subscribe,session.subscribe")}&batch=1`,
    ]) {
      const stream = await fixture.openStream(path, bearer());
      stream.on("error", () => {});
      await revokeTokens(fixture.auth.store, fixture.auth.clock.now, "api");
      // Ends either way: refused immediately, or with its token.
      await text(stream);
      expect(fixture.services.openStreams).toBe(0);
      bringBackTokens(databasePath(fixture.auth.dataDir));
    }
  });

  it("is refused beyond 200 of one principal, and again possible once one is closed", async () => {
    const streams = await openStreams(200);
    const browser = await fixture.signIn();
    for (const headers of [bearer(), browser]) {
      const answer = await fixture.send(PATH, { headers });
      expect(answer.status).toBe(429);
      expect(answer.error()).toMatchObject({ code: -32029, data: { reason: "rate_limited" } });
    }
    expect((await fixture.sendAsOwner("/api/nothing")).status).toBe(404);
    streams[0]?.destroy();
    await vi.waitFor(() => expect(fixture.services.openStreams).toBe(199), 60_000);
    const next = await fixture.openStream(PATH, bearer());
    await firstBatch(next);
    for (const stream of [...streams, next]) stream.destroy();
    await allClosed();
  });
});

/** How many streams can be opened; all are closed again. */
async function openableStreams(): Promise<number> {
  const streams = await Promise.all(
    Array.from({ length: 200 }, async () => fixture.openStream(PATH, bearer())),
  );
  const open = streams.filter((stream) => stream.statusCode === 200).length;
  for (const stream of streams) stream.destroy();
  await allClosed();
  return open;
}

describe("shutdown", () => {
  it("ends streams so that their clients come back, and closes every connection", async () => {
    const stream = await fixture.openStream(PATH, bearer());
    await firstBatch(stream);
    const idle = connect(fixture.port, "127.0.0.1");
    const idleClosed = new Promise((resolve) => idle.once("close", resolve));
    idle.write(`GET /health HTTP/1.1\r\nHost: localhost:${fixture.port}\r\n\r\n`);
    await new Promise((resolve) => idle.once("data", resolve));
    const rest = text(stream);
    const startedAt = performance.now();
    await fixture.server.close(60_000);
    expect(performance.now() - startedAt).toBeLessThan(30_000);
    // Ended, not cut: the last chunk arrived.
    await rest;
    expect(stream.complete).toBe(true);
    await idleClosed;
    await expect(fixture.send("/health")).rejects.toThrow(/ECONNREFUSED/);
    expect(fixture.services.openStreams).toBe(0);
  });

  /** A request whose server waits for the rest of its body. */
  async function slow(): Promise<Socket> {
    const socket = connect(fixture.port, "127.0.0.1");
    socket.write(
      `POST /trpc/session.create HTTP/1.1\r\nHost: localhost:${fixture.port}\r\nAuthorization: Bearer ${fixture.token}\r\n` +
        "Content-Type: application/json\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n{",
    );
    expect(String(await once(socket, "data"))).toBe("HTTP/1.1 100 Continue\r\n\r\n");
    return socket;
  }

  it("lets a request under way finish", async () => {
    const finishing = await slow();
    const answer = text(finishing);
    const closed = fixture.server.close(600_000);
    finishing.write("}");
    expect(await answer).toMatch(/^HTTP\/1\.1 200 /);
    await closed;
  });

  it("cuts it after the grace", async () => {
    const stuck = await slow();
    stuck.on("error", () => {});
    const closed = once(stuck, "close");
    await fixture.server.close(500);
    await closed;
    expect(stuck.destroyed).toBe(true);
  });
});
