import { randomUUID } from "node:crypto";
import type { SessionEvent } from "@trunkline/contract";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FencedError, GuardFailedError, type Store, UniqueViolationError, type Write } from "./port.ts";

/** An engine under test, whose store can be closed and opened again on the same data. */
export interface StoreHarness extends AsyncDisposable {
  open(): Promise<Store>;
}

const OWNER = randomUUID();

/** What every engine's store must do; an engine's test file calls it with a way to open one. */
export function describeStore(name: string, createHarness: () => Promise<StoreHarness>): void {
  describe(`store: ${name}`, () => {
    let harness: StoreHarness;
    let store: Store;
    beforeEach(async () => {
      harness = await createHarness();
      store = await harness.open();
    });
    afterEach(async () => {
      await store.close();
      await harness[Symbol.asyncDispose]();
    });

    it("numbers a session's events from 1, without gaps, in the order of the calls", async () => {
      const sessionId = await createSession(store);
      const commits = await Promise.all(
        Array.from({ length: 300 }, async (_, index) =>
          store.commit({ sessionId, events: [notice(String(index))] }),
        ),
      );
      expect(commits.flat().map((event) => event.seq)).toEqual(Array.from({ length: 300 }, (_, i) => i + 2));
      expect(await readMessages(store, sessionId)).toEqual(Array.from({ length: 300 }, (_, i) => String(i)));
    });

    it("keeps sessions apart", async () => {
      const ids = await Promise.all(Array.from({ length: 20 }, async () => createSession(store)));
      await Promise.all(
        ids.flatMap((sessionId) =>
          Array.from({ length: 10 }, async (_, index) =>
            store.commit({ sessionId, events: [notice(`${sessionId} ${index}`)] }),
          ),
        ),
      );
      for (const sessionId of ids) {
        expect(await readMessages(store, sessionId)).toEqual(
          Array.from({ length: 10 }, (_, index) => `${sessionId} ${index}`),
        );
      }
    });

    it("commits the events and the writes of a unit, or neither", async () => {
      const sessionId = await createSession(store);
      const refused = store.commit({
        sessionId,
        events: [notice("lost")],
        writes: [rename(store, sessionId, "renamed"), { ...rename(store, randomUUID(), "x"), expectRows: 1 }],
      });
      await expect(refused).rejects.toThrow(GuardFailedError);
      expect(await readMessages(store, sessionId)).toEqual([]);
      expect(await readTitle(store, sessionId)).toBe("untitled");
      const [event] = await store.commit({
        sessionId,
        events: [notice("kept")],
        writes: [rename(store, sessionId, "renamed")],
      });
      expect(event?.seq).toBe(2);
      expect(await readTitle(store, sessionId)).toBe("renamed");
    });

    it("lets a refused unit hinder none of those that share its commit", async () => {
      const sessionId = await createSession(store);
      const settled = await Promise.allSettled(
        Array.from({ length: 60 }, async (_, index) =>
          store.commit({
            sessionId,
            events: [notice(String(index))],
            writes: index % 3 === 0 ? [{ ...rename(store, randomUUID(), "x"), expectRows: 1 }] : [],
          }),
        ),
      );
      const kept = Array.from({ length: 60 }, (_, index) => index).filter((index) => index % 3 !== 0);
      expect(settled.flatMap((result, index) => (result.status === "fulfilled" ? index : []))).toEqual(kept);
      expect(await readMessages(store, sessionId)).toEqual(kept.map(String));
    });

    it("lets a statement that cannot be executed hinder nobody but whoever wrote it", async () => {
      const sessionId = await createSession(store);
      const cyclic: Record<string, unknown> = {};
      cyclic["self"] = cyclic;
      const wrong = [
        store.commit({
          sessionId,
          events: [],
          writes: [{ sql: "update nothing set x = 1", parameters: [] }],
        }),
        store.commit({
          sessionId,
          events: [notice("lost")],
          writes: [{ ...rename(store, sessionId, "x"), parameters: [] }],
        }),
        store.commit({
          sessionId,
          events: [
            { taskId: null, type: "tool.called", data: { callId: "c", tool: "t", input: cyclic as never } },
          ],
        }),
      ];
      const right = store.commit({ sessionId, events: [notice("kept")] });
      for (const commit of await Promise.allSettled(wrong)) expect(commit.status).toBe("rejected");
      await right;
      await store.commit({ sessionId, events: [notice("later")] });
      expect(await readMessages(store, sessionId)).toEqual(["kept", "later"]);
    });

    it("commits units that are large together, and one that is large alone", async () => {
      const sessionId = await createSession(store);
      const sizes = [...Array.from({ length: 40 }, () => 500_000), 20_000_000, 1];
      await Promise.all(
        sizes.map(async (size) => store.commit({ sessionId, events: [notice("x".repeat(size))] })),
      );
      expect((await readMessages(store, sessionId)).map((message) => message.length)).toEqual(sizes);
    });

    it("refuses events of a session that does not exist", async () => {
      await expect(store.commit({ sessionId: randomUUID(), events: [notice("x")] })).rejects.toThrow(
        GuardFailedError,
      );
    });

    it("fences off an attempt that has lost its task", async () => {
      const sessionId = await createSession(store);
      const taskId = await createTask(store, sessionId, { state: "working", attempt: 2 });
      await expect(
        store.commit({ sessionId, events: [notice("zombie")], fence: { taskId, attempt: 1 } }),
      ).rejects.toThrow(FencedError);
      await store.commit({ sessionId, events: [notice("holder")], fence: { taskId, attempt: 2 } });
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

    it("allows one task per idempotency key and owner", async () => {
      const sessionId = await createSession(store);
      const key = { state: "submitted", attempt: 0, idempotency_key: "k" } as const;
      await createTask(store, sessionId, key);
      await expect(createTask(store, sessionId, key)).rejects.toThrow(UniqueViolationError);
      await createTask(store, sessionId, { ...key, owner_id: randomUUID() });
    });

    it("drops the pieces of a block with the commit that ends it, and no others", async () => {
      const sessionId = await createSession(store);
      const taskId = await createTask(store, sessionId, { state: "working", attempt: 1 });
      const delta = (blockId: string, text: string) => ({
        taskId,
        type: "text.delta" as const,
        data: { blockId, text },
        blockId,
      });
      const [first] = await store.commit({ sessionId, events: [delta("a", "Hel")] });
      await store.commit({ sessionId, events: [delta("b", "other")] });
      await store.commit({ sessionId, events: [delta("a", "lo")] });
      await store.commit({
        sessionId,
        events: [{ taskId, type: "text.ended", data: { blockId: "a", text: "Hello" } }],
        endedBlocks: [{ blockId: "a", fromSeq: first!.seq }],
      });
      const rows = await store.db
        .selectFrom("events")
        .select(["type", "data", "seq"])
        .where("session_id", "=", sessionId)
        .where("type", "like", "text.%")
        .orderBy("seq")
        .execute();
      expect(rows.map((row) => [row.type, row.seq, JSON.parse(row.data) as unknown])).toEqual([
        ["text.delta", 3, { blockId: "b", text: "other" }],
        ["text.ended", 5, { blockId: "a", text: "Hello" }],
      ]);
    });

    it("merges pieces of one block that wait together, and loses none of their text", async () => {
      const sessionId = await createSession(store);
      const taskId = await createTask(store, sessionId, { state: "working", attempt: 1 });
      const letters = Array.from({ length: 500 }, (_, index) => `${index},`);
      const commits = await Promise.all(
        letters.map(async (text) =>
          store.commit({
            sessionId,
            events: [{ taskId, type: "text.delta", data: { blockId: "a", text }, blockId: "a" }],
          }),
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
      await store.commit({ sessionId, events: [notice("before")] });
      await store.close();
      store = await harness.open();
      await store.commit({ sessionId, events: [notice("after")] });
      expect(await readMessages(store, sessionId)).toEqual(["before", "after"]);
    });
  });
}

function notice(message: string) {
  return { taskId: null, type: "notice" as const, data: { level: "info" as const, message } };
}

function rename(store: Store, sessionId: string, title: string): Write {
  return store.db.updateTable("sessions").set({ title }).where("id", "=", sessionId).compile();
}

async function createSession(store: Store): Promise<string> {
  const id = randomUUID();
  const write = store.db
    .insertInto("sessions")
    .values({
      id,
      owner_id: OWNER,
      title: "untitled",
      agent: "default",
      workspace: "/nowhere",
      last_seq: 0,
      next_pos: 1,
      created_at: 0,
      updated_at: 0,
    })
    .compile();
  await store.commit({
    sessionId: id,
    events: [{ taskId: null, type: "session.created", data: { title: "untitled", model: null } }],
    writes: [write],
  });
  return id;
}

async function createTask(
  store: Store,
  sessionId: string,
  values: {
    state: "submitted" | "working" | "input-required";
    attempt: number;
    idempotency_key?: string;
    owner_id?: string;
  },
): Promise<string> {
  const id = randomUUID();
  const write = store.db
    .insertInto("tasks")
    .values({
      id,
      session_id: sessionId,
      owner_id: OWNER,
      pos: 1,
      prompt: "x",
      crashes: 0,
      created_at: 0,
      ...values,
    })
    .compile();
  await store.write([write]);
  return id;
}

async function readMessages(store: Store, sessionId: string): Promise<string[]> {
  const rows = await store.db
    .selectFrom("events")
    .select("data")
    .where("session_id", "=", sessionId)
    .where("type", "=", "notice")
    .orderBy("seq")
    .execute();
  return rows.map((row) => (JSON.parse(row.data) as { message: string }).message);
}

async function readTitle(store: Store, sessionId: string): Promise<string> {
  const row = await store.db
    .selectFrom("sessions")
    .select("title")
    .where("id", "=", sessionId)
    .executeTakeFirstOrThrow();
  return row.title;
}
