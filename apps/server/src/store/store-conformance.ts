import { randomUUID } from "node:crypto";
import type { SessionEvent } from "@trunkline/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type AppendOptions,
  FencedError,
  GuardFailedError,
  type Store,
  type StoredDraft,
  UniqueViolationError,
} from "./port.ts";
import { createTask } from "./testing/create-task.ts";
import {
  createVisibleSession as createSession,
  notice,
  OWNER,
  readLog,
  readMessages,
} from "./testing/session-log.ts";

/** An engine under test, whose store can be closed and reopened on the same data. */
export interface StoreHarness extends AsyncDisposable {
  open(): Promise<Store>;
}

/**
 * Conformance suite for an engine's store; an engine's test file calls it with a way to open one. Each test has sessions of
 * its own, so they share a store: opening one costs more than any of them.
 */
export function describeStore(name: string, createHarness: () => Promise<StoreHarness>): void {
  describe(`store: ${name}`, () => {
    let harness: StoreHarness;
    let store: Store;
    beforeAll(async () => {
      harness = await createHarness();
      store = await harness.open();
    });
    afterAll(async () => {
      await store.close();
      await harness[Symbol.asyncDispose]();
    });

    it("numbers a session's events from 1, without gaps, in the order of the calls", async () => {
      const sessionId = await createSession(store);
      const commits = await Promise.all(
        Array.from({ length: 300 }, async (_, index) => store.append(sessionId, [notice(String(index))])),
      );
      expect(commits.flat().map((event) => event.seq)).toEqual(Array.from({ length: 300 }, (_, i) => i + 2));
      expect(await readMessages(store, sessionId)).toEqual(Array.from({ length: 300 }, (_, i) => String(i)));
    });

    it("keeps sessions apart", async () => {
      const ids = await Promise.all(Array.from({ length: 20 }, async () => createSession(store)));
      await Promise.all(
        ids.flatMap((sessionId) =>
          Array.from({ length: 10 }, async (_, index) =>
            store.append(sessionId, [notice(`${sessionId} ${index}`)]),
          ),
        ),
      );
      for (const sessionId of ids) {
        expect(await readMessages(store, sessionId)).toEqual(
          Array.from({ length: 10 }, (_, index) => `${sessionId} ${index}`),
        );
      }
    });

    it("commits the events and what follows from them, or neither", async () => {
      const sessionId = await createSession(store);
      const refused = store.append(sessionId, [notice("lost"), renamed("renamed"), neverAsked()]);
      await expect(refused).rejects.toThrow(GuardFailedError);
      expect(await readMessages(store, sessionId)).toEqual([]);
      expect(await readTitle(store, sessionId)).toBe("untitled");
      const [event] = await store.append(sessionId, [notice("kept"), renamed("renamed")]);
      expect(event?.seq).toBe(2);
      expect(await readTitle(store, sessionId)).toBe("renamed");
    });

    it("lets a refused append hinder none of those that share its commit", async () => {
      const sessionId = await createSession(store);
      const settled = await Promise.allSettled(
        Array.from({ length: 60 }, async (_, index) =>
          store.append(sessionId, [notice(String(index)), ...(index % 3 === 0 ? [neverAsked()] : [])]),
        ),
      );
      const kept = Array.from({ length: 60 }, (_, index) => index).filter((index) => index % 3 !== 0);
      expect(settled.flatMap((result, index) => (result.status === "fulfilled" ? index : []))).toEqual(kept);
      expect(await readMessages(store, sessionId)).toEqual(kept.map(String));
    });

    it("lets what cannot be stored hinder nobody but whoever wrote it", async () => {
      const sessionId = await createSession(store);
      const cyclic: Record<string, unknown> = {};
      cyclic["self"] = cyclic;
      const input = cyclic as never;
      const wrong = store.append(sessionId, [
        { taskId: null, type: "tool.called", data: { callId: "c", tool: "t", input } },
      ]);
      const right = store.append(sessionId, [notice("kept")]);
      await expect(wrong).rejects.toThrow();
      await right;
      await store.append(sessionId, [notice("later")]);
      expect(await readMessages(store, sessionId)).toEqual(["kept", "later"]);
    });

    it("commits units that are large together, and one that is large alone", async () => {
      const sessionId = await createSession(store);
      const sizes = [...Array.from({ length: 40 }, () => 500_000), 20_000_000, 1];
      await Promise.all(sizes.map(async (size) => store.append(sessionId, [notice("x".repeat(size))])));
      expect((await readMessages(store, sessionId)).map((message) => message.length)).toEqual(sizes);
    });

    it("refuses events of a session that does not exist", async () => {
      await expect(store.append(randomUUID(), [notice("x")])).rejects.toThrow(GuardFailedError);
    });

    it("fences off an attempt that has lost its task", async () => {
      const sessionId = await createSession(store);
      const taskId = await createTask(store, sessionId, { state: "working", attempt: 2 });
      await expect(
        store.append(sessionId, [notice("zombie")], { fence: { taskId, attempt: 1 } }),
      ).rejects.toThrow(FencedError);
      await store.append(sessionId, [notice("holder")], { fence: { taskId, attempt: 2 } });
      expect(await readMessages(store, sessionId)).toEqual(["holder"]);
    });

    it("allows one active task per session", async () => {
      const sessionId = await createSession(store);
      await createTask(store, sessionId, { state: "working", attempt: 1 });
      await createTask(store, sessionId, { state: "submitted", attempt: 0 });
      await expect(createTask(store, sessionId, { state: "input-required", attempt: 1 })).rejects.toThrow(
        UniqueViolationError,
      );
    });

    it("judges each append by what those before it left, also where they share a commit", async () => {
      const sessionId = await createSession(store);
      const [a, b, c] = [
        await createTask(store, sessionId, { state: "working", attempt: 1 }),
        await createTask(store, sessionId, { state: "submitted", attempt: 0 }),
        randomUUID(),
      ];
      const start = (taskId: string, attempt: number) => [
        { taskId, type: "task.started", data: { attempt } } as const,
      ];
      const appends: [StoredDraft[], AppendOptions?][] = [
        [start(b, 1)],
        [[notice("a")], { fence: { taskId: a, attempt: 1 } }],
        [[{ taskId: a, type: "task.completed", data: { result: "done" } }]],
        [[notice("late")], { fence: { taskId: a, attempt: 1 } }],
        [start(b, 1), { expect: { task: { id: b, states: ["submitted"] } } }],
        [start(b, 1)],
        [[notice("b")], { fence: { taskId: b, attempt: 1 } }],
        [[{ taskId: c, type: "task.submitted", data: { prompt: "x", model: null, whenBusy: "interrupt" } }]],
        [[{ taskId: c, type: "task.updated", data: { prompt: "y" } }]],
        [[notice("busy")], { expect: { notBusy: true } }],
        [[{ taskId: b, type: "task.canceled", data: { reason: "user", by: "alice" } }]],
        [start(c, 1)],
      ];
      const settled = await Promise.allSettled(
        appends.map(async ([events, options]) => store.append(sessionId, events, options)),
      );
      const refused = new Map<number, new (...parameters: never[]) => Error>([
        [0, UniqueViolationError],
        [3, FencedError],
        [5, GuardFailedError],
        [9, GuardFailedError],
      ]);
      for (const [index, result] of settled.entries()) {
        const error = refused.get(index);
        if (error === undefined) expect([index, result.status]).toEqual([index, "fulfilled"]);
        else expect([index, result]).toMatchObject([index, { reason: expect.any(error) as Error }]);
      }
      expect(await readMessages(store, sessionId)).toEqual(["a", "b"]);
      expect(await store.tasks.get(a)).toMatchObject({ state: "completed", result: "done" });
      expect(await store.tasks.get(b)).toMatchObject({ state: "canceled", attempt: 1 });
      expect(await store.tasks.get(c)).toMatchObject({ state: "working", prompt: "y" });
      const log = await readLog(store, sessionId);
      expect(log.map(({ seq }) => seq)).toEqual(Array.from({ length: log.length }, (_, index) => index + 1));
    });

    it("allows one task per idempotency key and owner", async () => {
      const key = { state: "submitted", attempt: 0, idempotencyKey: "k" } as const;
      await createTask(store, await createSession(store), key);
      await expect(createTask(store, await createSession(store), key)).rejects.toThrow(UniqueViolationError);
      await createTask(store, await createSession(store, randomUUID()), key);
    });

    it("drops the pieces of a block with the commit that ends it, and no others", async () => {
      const sessionId = await createSession(store);
      const taskId = await createTask(store, sessionId, { state: "working", attempt: 1 });
      const delta = (blockId: string, text: string) => ({
        taskId,
        type: "text.delta" as const,
        data: { blockId, text },
      });
      const [first] = await store.append(sessionId, [delta("a", "Hel")]);
      await store.append(sessionId, [delta("b", "other")]);
      await store.append(sessionId, [delta("a", "lo")]);
      await store.append(sessionId, [{ taskId, type: "text.ended", data: { blockId: "a", text: "Hello" } }], {
        endedBlocks: [{ blockId: "a", fromSeq: first!.seq }],
      });
      const pieces = (await readLog(store, sessionId)).filter(({ type }) => type.startsWith("text."));
      expect(pieces.map(({ type, seq, data }) => [type, seq, data])).toEqual([
        ["text.delta", 5, { blockId: "b", text: "other" }],
        ["text.ended", 7, { blockId: "a", text: "Hello" }],
      ]);
    });

    it("drops pieces that share a commit with the end of their block", async () => {
      const sessionId = await createSession(store);
      const taskId = await createTask(store, sessionId, { state: "working", attempt: 1 });
      const next = (await readLog(store, sessionId)).length + 1;
      const piece = (blockId: string): StoredDraft => ({
        taskId,
        type: "text.delta",
        data: { blockId, text: "x" },
      });
      const ended = (blockId: string): StoredDraft => ({
        taskId,
        type: "text.ended",
        data: { blockId, text: "x" },
      });
      const refused = { fence: { taskId, attempt: 9 }, endedBlocks: [{ blockId: "b", fromSeq: next }] };
      await Promise.allSettled([
        store.append(sessionId, [piece("a"), notice("1")]),
        store.append(sessionId, [piece("b"), notice("2")]),
        store.append(sessionId, [ended("a")], { endedBlocks: [{ blockId: "a", fromSeq: next }] }),
        store.append(sessionId, [ended("b")], refused),
      ]);
      const log = (await readLog(store, sessionId)).slice(next - 1);
      expect(log.map(({ seq, type }) => [seq - next, type])).toEqual([
        [1, "notice"],
        [2, "text.delta"],
        [3, "notice"],
        [4, "text.ended"],
      ]);
    });

    it("merges pieces of one block that wait together, and loses none of their text", async () => {
      const sessionId = await createSession(store);
      const taskId = await createTask(store, sessionId, { state: "working", attempt: 1 });
      const letters = Array.from({ length: 500 }, (_, index) => `${index},`);
      const commits = await Promise.all(
        letters.map(async (text) =>
          store.append(sessionId, [{ taskId, type: "text.delta", data: { blockId: "a", text } }]),
        ),
      );
      const distinct = new Map<number, SessionEvent>(commits.flat().map((event) => [event.seq, event]));
      expect(distinct.size).toBeLessThan(letters.length);
      const text = [...distinct.values()]
        .toSorted((a, b) => a.seq - b.seq)
        .map((event) => (event.type === "text.delta" ? event.data.text : ""))
        .join("");
      expect(text).toBe(letters.join(""));
    });

    it("has after a reopening what it acknowledged", async () => {
      const sessionId = await createSession(store);
      await store.append(sessionId, [notice("before")]);
      await store.close();
      store = await harness.open();
      await store.append(sessionId, [notice("after")]);
      expect(await readMessages(store, sessionId)).toEqual(["before", "after"]);
    });
  });
}

/** An answer to nothing: refused by the rows, after earlier events of its commit. */
const neverAsked = () =>
  ({ taskId: null, type: "approval.expired", data: { approvalId: randomUUID() } }) as const;

const renamed = (title: string) => ({ taskId: null, type: "session.updated", data: { title } }) as const;

async function readTitle(store: Store, sessionId: string): Promise<string | undefined> {
  return (await store.sessions.find(OWNER, sessionId))?.title;
}
