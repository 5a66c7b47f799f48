import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EventBatch } from "@trunkline/contract";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createHub } from "../hub/hub.ts";
import type { Store } from "../store/port.ts";
import { openSqliteStore } from "../store/sqlite/sqlite-store.ts";
import { createSession } from "../store/testing/session-log.ts";
import type { Log } from "./port.ts";
import { soloLog } from "./testing/solo-log.ts";

describe("log", () => {
  let directory: string;
  let store: Store;
  let log: Log;
  let sessionId: string;
  const hub = createHub();
  const clock = { now: Date.now() };

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "trunkline-log-"));
    store = await openSqliteStore({
      path: join(directory, "db"),
      now: () => clock.now,
      onFatal: () => undefined,
    });
    log = soloLog(store, hub);
    sessionId = await createSession(store);
  });
  afterEach(async () => {
    await store.close();
    await rm(directory, { recursive: true });
  });

  async function append(count: number, to = sessionId): Promise<void> {
    const done = [];
    for (let index = 0; index < count; index++) {
      done.push(
        log.append(to, [{ taskId: null, type: "notice", data: { level: "info", message: String(index) } }]),
      );
    }
    await Promise.all(done);
  }

  /** Follows until `count` events have arrived. */
  async function take(after: number, count: number): Promise<EventBatch[]> {
    const controller = new AbortController();
    const batches: EventBatch[] = [];
    let received = 0;
    for await (const batch of log.follow(sessionId, after, controller.signal)) {
      batches.push(batch);
      received += batch.events.length;
      if (received >= count) controller.abort();
    }
    return batches;
  }

  const seqs = (batches: EventBatch[]) => batches.flatMap((batch) => batch.events.map((event) => event.seq));

  it("says at once that an empty log is caught up", async () => {
    const controller = new AbortController();
    const follower = log.follow(sessionId, 0, controller.signal);
    expect((await follower.next()).value).toEqual({ events: [], live: true });
    controller.abort();
    expect((await follower.next()).done).toBe(true);
  });

  it("replays in pages, live only in the one that caught up", async () => {
    await append(1_200);
    const batches = await take(0, 1_200);
    expect(seqs(batches)).toEqual(Array.from({ length: 1_200 }, (_, index) => index + 1));
    expect(batches.map((batch) => batch.live)).toEqual([false, false, true]);
  });

  it("delivers every event once, in order, to followers who join while others append", async () => {
    const followers = [];
    const appending = append(2_000);
    for (let index = 0; index < 20; index++) {
      followers.push(take(0, 2_000));
      await new Promise(setImmediate);
    }
    await appending;
    for (const batches of await Promise.all(followers)) {
      expect(seqs(batches)).toEqual(Array.from({ length: 2_000 }, (_, index) => index + 1));
    }
  });

  it("lets a follower that pauses catch up from the log, not from a queue of its own", async () => {
    const controller = new AbortController();
    const follower = log.follow(sessionId, 0, controller.signal);
    await follower.next();
    await append(5_000);
    const received: number[] = [];
    for await (const batch of follower) {
      received.push(...batch.events.map((event) => event.seq));
      expect(batch.events.length).toBeLessThanOrEqual(1_100);
      if (received.length >= 5_000) controller.abort();
    }
    expect(received).toEqual(Array.from({ length: 5_000 }, (_, index) => index + 1));
  });

  it("tells a follower nothing of other sessions", async () => {
    const other = await createSession(store);
    const controller = new AbortController();
    const follower = log.follow(sessionId, 0, controller.signal);
    await follower.next();
    await append(50, other);
    await append(1);
    const { value } = await follower.next();
    expect(value?.events.map((event) => event.sessionId)).toEqual([sessionId]);
    controller.abort();
    await follower.next();
  });

  it("ends a waiting follower when its signal aborts", async () => {
    const controller = new AbortController();
    const follower = log.follow(sessionId, 0, controller.signal);
    await follower.next();
    const waiting = follower.next();
    controller.abort();
    expect((await waiting).done).toBe(true);
  });

  it("reads a page backwards from a cursor, oldest first", async () => {
    await append(10);
    const page = await log.read(sessionId, { before: 9, limit: 3 });
    expect(page.events.map((event) => event.seq)).toEqual([6, 7, 8]);
    expect(page.hasMore).toBe(true);
    expect((await log.read(sessionId, { before: 3, limit: 3 })).hasMore).toBe(false);
  });

  it("ends a page early where its events are large, in both directions, and loses none", async () => {
    const large = "x".repeat(100_000);
    await Promise.all(
      Array.from({ length: 120 }, async () =>
        log.append(sessionId, [{ taskId: null, type: "notice", data: { level: "info", message: large } }]),
      ),
    );
    const forwards = await log.read(sessionId, { limit: 500 });
    expect(forwards.events.map((event) => event.seq)).toEqual(Array.from({ length: 10 }, (_, i) => i + 1));
    expect(forwards.hasMore).toBe(true);
    const backwards = await log.read(sessionId, { before: 121, limit: 500 });
    expect(backwards.events.map((event) => event.seq)).toEqual(Array.from({ length: 10 }, (_, i) => i + 111));
    expect(backwards.hasMore).toBe(true);
    expect(seqs(await take(0, 120))).toEqual(Array.from({ length: 120 }, (_, index) => index + 1));
  });

  it("keeps the order when the clock jumps by 30 days, and back", async () => {
    const days = 30 * 24 * 60 * 60 * 1_000;
    const start = Date.now();
    for (const jump of [0, days, -days, 0]) {
      clock.now = start + jump;
      await append(1);
    }
    const { events } = await log.read(sessionId, { limit: 10 });
    expect(events.map((event) => event.seq)).toEqual([1, 2, 3, 4]);
    expect(events.map((event) => event.at - start)).toEqual([0, days, -days, 0]);
    expect(seqs(await take(2, 2))).toEqual([3, 4]);
  });

  it("refuses an event that is not of the contract, before it is stored", async () => {
    const bad = { taskId: null, type: "notice", data: { level: "shout", message: "x" } };
    await expect(log.append(sessionId, [bad as never])).rejects.toThrow();
    expect((await log.read(sessionId, { limit: 10 })).events).toEqual([]);
  });
});
