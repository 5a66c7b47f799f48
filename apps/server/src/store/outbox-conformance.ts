import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Store, StoredDraft } from "./port.ts";
import type { StoreHarness } from "./store-conformance.ts";
import { createSession, createVisibleSession, notice } from "./testing/session-log.ts";

const NODE = "node";
const LEASE_MS = 60_000;

/** Conformance suite for an engine's outbox. @param entries number of entries in the store, for any consumer. */
export function describeOutbox(
  name: string,
  createHarness: () => Promise<StoreHarness & { entries(): Promise<number> }>,
): void {
  describe(`outbox: ${name}`, () => {
    let harness: Awaited<ReturnType<typeof createHarness>>;
    let store: Store;
    beforeEach(async () => {
      harness = await createHarness();
      store = await harness.open();
    });
    afterEach(async () => {
      await store.close();
      await harness[Symbol.asyncDispose]();
    });

    /** What the consumer has not seen yet, as `session:seq`. */
    async function told(consumer: string): Promise<string[]> {
      const { entries } = await store.outbox.page(consumer, 1_000);
      return entries.map(({ id }) => id);
    }

    async function pass(consumer: string, limit = 1_000): Promise<void> {
      const { place } = await store.outbox.page(consumer, limit);
      expect(await store.outbox.claim(consumer, NODE, LEASE_MS)).toBe(true);
      if (place !== undefined) expect(await store.outbox.advance(consumer, NODE, place)).toBe(true);
    }

    it("has an entry for each event of a wanted type, in the order of commits, and none for others", async () => {
      await store.outbox.register({ name: "notices", types: ["notice"] });
      const [a, b] = [await createVisibleSession(store), await createVisibleSession(store)];
      await store.append(b, [notice("1"), renamed("not told"), notice("2")]);
      await store.append(a, [notice("3")]);
      await store.append(b, [notice("4")]);
      expect(await told("notices")).toEqual([`${b}:2`, `${b}:4`, `${a}:2`, `${b}:5`]);
      const { entries } = await store.outbox.page("notices", 1);
      expect(entries).toMatchObject([{ sessionId: b, seq: 2, type: "notice" }]);
      expect(entries[0]?.at).toBeGreaterThan(Date.now() - 60_000);
    });

    it("costs a token nothing", async () => {
      await store.outbox.register({ name: "ends", types: ["text.ended"] });
      const sessionId = await createVisibleSession(store);
      const taskId = randomUUID();
      const piece = (text: string): StoredDraft => ({
        taskId,
        type: "text.delta",
        data: { blockId: "b", text },
      });
      for (const text of ["a", "b", "c"]) await store.append(sessionId, [piece(text)]);
      expect(await harness.entries()).toBe(0);
    });

    it("leaves no entry of a refused append", async () => {
      await store.outbox.register({ name: "notices", types: ["notice"] });
      const sessionId = await createVisibleSession(store);
      const refused = store.append(sessionId, [notice("no")], { fence: { taskId: "none", attempt: 1 } });
      const kept = store.append(sessionId, [notice("yes")]);
      await expect(refused).rejects.toThrow();
      await kept;
      expect(await told("notices")).toEqual([`${sessionId}:2`]);
    });

    it("tells a new consumer what comes from now on, and each its own", async () => {
      const sessionId = await createVisibleSession(store);
      await store.append(sessionId, [notice("before")]);
      await store.outbox.register({ name: "first", types: ["notice"] });
      await store.append(sessionId, [notice("3")]);
      await pass("first");
      await store.append(sessionId, [notice("4")]);
      await store.outbox.register({ name: "second", types: ["notice", "session.updated"] });
      await store.append(sessionId, [renamed("5")]);
      expect(await told("first")).toEqual([`${sessionId}:4`, `${sessionId}:5`]);
      expect(await told("second")).toEqual([`${sessionId}:5`]);
    });

    it("keeps a consumer's cursor and types through a restart, and through being registered again", async () => {
      await store.outbox.register({ name: "c", types: ["notice"] });
      const sessionId = await createVisibleSession(store);
      await store.append(sessionId, [notice("2"), notice("3"), notice("4")]);
      await pass("c", 2);
      await store.close();
      store = await harness.open();
      await store.append(sessionId, [notice("5"), renamed("6")]);
      expect(await told("c")).toEqual([`${sessionId}:4`, `${sessionId}:5`]);
      await store.outbox.register({ name: "c", types: ["session.updated"] });
      await store.append(sessionId, [notice("7"), renamed("8")]);
      expect(await told("c")).toEqual([`${sessionId}:4`, `${sessionId}:5`, `${sessionId}:8`]);
    });

    it("keeps an entry until all consumers are past it, and then no longer", async () => {
      await store.outbox.register({ name: "a", types: ["notice"] });
      await store.outbox.register({ name: "b", types: ["session.updated"] });
      const sessionId = await createVisibleSession(store);
      await store.append(sessionId, [notice("2"), renamed("3"), notice("4")]);
      await pass("a");
      await store.outbox.prune();
      expect(await harness.entries()).toBe(3);
      await pass("b", 2);
      expect(await store.outbox.prune()).toBe(false);
      expect(await told("b")).toEqual([`${sessionId}:4`]);
      expect(await harness.entries()).toBe(1);
      await pass("b");
      await store.outbox.prune();
      expect(await harness.entries()).toBe(0);
      await store.append(sessionId, [notice("5")]);
      expect(await told("a")).toEqual([`${sessionId}:5`]);
    });

    it("tells nothing of what a fork or an import brings along", async () => {
      await store.outbox.register({ name: "c", types: ["notice", "session.imported"] });
      const imported = await createSession(store);
      await store.sessions.insertLog(imported, [
        { seq: 3, taskId: null, at: 1, type: "notice", data: { level: "info", message: "past" } },
      ]);
      const fork = await createSession(store);
      await store.sessions.copyLog(imported, fork, 3);
      expect(await told("c")).toEqual([]);
    });

    it("says how far behind each consumer is", async () => {
      await store.outbox.register({ name: "a", types: ["notice"] });
      await store.outbox.register({ name: "b", types: ["notice"] });
      const sessionId = await createVisibleSession(store);
      const [, second] = await store.append(sessionId, [notice("2"), notice("3")]);
      await pass("a");
      await pass("b", 1);
      expect(await store.outbox.lags()).toEqual([
        { name: "a", waiting: 0, oldestAt: null },
        { name: "b", waiting: 1, oldestAt: second?.at },
      ]);
    });
  });
}

function renamed(title: string): StoredDraft {
  return { taskId: null, type: "session.updated", data: { title } };
}
