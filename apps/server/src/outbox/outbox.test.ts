import { fork } from "node:child_process";
import { once } from "node:events";
import { pino } from "pino";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { OutboxEntry, Store } from "../store/port.ts";
import { openSqliteStore } from "../store/sqlite/sqlite-store.ts";
import { createVisibleSession, notice } from "../store/testing/session-log.ts";
import { TemporaryDirectory } from "../store/testing/temporary-directory.ts";
import { createOutbox } from "./outbox.ts";
import type { Outbox, OutboxConsumer } from "./port.ts";

let directory: TemporaryDirectory;
let path: string;
let store: Store;
const outboxes: Outbox[] = [];

const open = async () =>
  openSqliteStore({
    path,
    now: Date.now,
    onFatal(error) {
      throw error;
    },
  });

beforeEach(async () => {
  directory = await TemporaryDirectory.create();
  path = directory.join("db");
  store = await open();
});
afterEach(async () => {
  await Promise.all(outboxes.splice(0).map(async (outbox) => outbox.stop()));
  await store.close();
  await directory[Symbol.asyncDispose]();
});

async function consume(...consumers: OutboxConsumer[]): Promise<Outbox> {
  const outbox = createOutbox({
    store: store.outbox,
    consumers,
    logger: pino({ level: "silent" }),
    now: Date.now,
    times: { pollMs: 1, retryMs: 1, longestRetryMs: 4 },
  });
  outboxes.push(outbox);
  await outbox.start();
  return outbox;
}

const seqs = (entries: readonly OutboxEntry[]): number[] => entries.map(({ seq }) => seq);

it("gives each consumer what it wants, in order, and says how far behind it is", async () => {
  const notices: number[] = [];
  const titles: number[] = [];
  const outbox = await consume(
    { name: "notices", types: ["notice"], handle: async (entries) => void notices.push(...seqs(entries)) },
    {
      name: "titles",
      types: ["session.updated"],
      handle: async (entries) => void titles.push(...seqs(entries)),
    },
  );
  const sessionId = await createVisibleSession(store);
  for (let index = 0; index < 3; index++) {
    await store.append(sessionId, [
      notice("n"),
      { taskId: null, type: "session.updated", data: { title: "t" } },
    ]);
  }
  await vi.waitFor(async () => {
    expect(await outbox.states()).toEqual(
      ["notices", "titles"].map((name) => ({ name, waiting: 0, lagMs: 0, failures: 0 })),
    );
  }, 60_000);
  expect({ notices, titles }).toEqual({ notices: [2, 4, 6], titles: [3, 5, 7] });
});

it("gives the same again to a consumer that failed, which holds up no other", async () => {
  const tries: number[][] = [];
  const others: number[] = [];
  const outbox = await consume(
    {
      name: "failing",
      types: ["notice"],
      async handle(entries) {
        tries.push(seqs(entries));
        if (tries.length <= 3) throw new Error("not yet");
      },
    },
    { name: "other", types: ["notice"], handle: async (entries) => void others.push(...seqs(entries)) },
  );
  const sessionId = await createVisibleSession(store);
  await store.append(sessionId, [notice("2"), notice("3")]);
  await vi.waitFor(() => expect(tries).toEqual([1, 2, 3, 4].map(() => [2, 3])), 60_000);
  await vi.waitFor(() => expect(others).toEqual([2, 3]), 60_000);
  await vi.waitFor(
    async () => expect(await outbox.states()).toMatchObject([{ failures: 0 }, { failures: 0 }]),
    60_000,
  );
});

it("rests only while nothing waits", async () => {
  const did: string[] = [];
  const sessionId = await createVisibleSession(store);
  await consume({
    name: "c",
    types: ["notice"],
    handle: async () => void did.push("handled"),
    rest: async () => {
      did.push("rested");
      if (did.length === 1) await store.append(sessionId, [notice("n")]);
      return did.length === 1;
    },
  });
  await vi.waitFor(() => expect(did.slice(0, 3)).toEqual(["rested", "handled", "rested"]), 60_000);
});

it("waits for the batch under way when it stops, whose cursor is not stored", async () => {
  const sessionId = await createVisibleSession(store);
  const begun = Promise.withResolvers<void>();
  const outbox = await consume({
    name: "c",
    types: ["notice"],
    async handle(_, signal) {
      begun.resolve();
      await once(signal, "abort");
    },
  });
  await store.append(sessionId, [notice("n")]);
  await begun.promise;
  await outbox.stop();
  const { entries } = await store.outbox.page("c", 10);
  expect(seqs(entries)).toEqual([2]);
});

it("gives a consumer that was killed between handling an event and storing its cursor the event again", async () => {
  await store.outbox.register({ name: "notices", types: ["notice"] });
  const sessionId = await createVisibleSession(store);
  await store.append(sessionId, [notice("first"), notice("die"), notice("last")]);
  await store.close();

  const child = fork(new URL("./testing/consuming-process.ts", import.meta.url), [path]);
  const told: string[] = [];
  child.on("message", (id: string) => told.push(id));
  await vi.waitFor(() => expect(told).toEqual([`${sessionId}:2`, `${sessionId}:3`]), { timeout: 60_000 });
  child.kill("SIGKILL");
  await once(child, "exit");

  store = await open();
  const again: number[] = [];
  await consume({
    name: "notices",
    types: ["notice"],
    handle: async (entries) => void again.push(...seqs(entries)),
  });
  await vi.waitFor(() => expect(again).toEqual([2, 3, 4]), 60_000);
});
