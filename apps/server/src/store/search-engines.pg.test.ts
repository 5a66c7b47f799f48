import { randomUUID } from "node:crypto";
import type { SearchPage } from "@trunkline/contract";
import { PostgresServer } from "@trunkline/testkit";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { createCompute } from "../compute/pool.ts";
import type { Compute } from "../compute/port.ts";
import { createOutbox } from "../outbox/outbox.ts";
import type { Outbox } from "../outbox/port.ts";
import type { SearchIndex } from "../search/port.ts";
import { openEngine } from "./open-engine.ts";
import type { Store, StoredDraft } from "./port.ts";
import { randomQueries, randomTexts, QUERIES, TEXTS } from "./testing/search-corpus.ts";
import { createSession } from "./testing/session-log.ts";
import { TemporaryDirectory } from "./testing/temporary-directory.ts";

/** Both engines with the same contents, and their search results. */

const logger = pino({ level: "silent" });
const [alice, bob] = ["alice", "bob"];

interface Engine {
  store: Store;
  search: SearchIndex;
  /** Resolves once everything committed is searchable. */
  indexed(): Promise<void>;
}

let server: PostgresServer;
let directory: TemporaryDirectory;
let compute: Compute;
let outbox: Outbox;
let url: string;
let sqlite: Engine;
let postgres: Engine;
/** The same on both. */
let clock = 1_700_000_000_000;

beforeAll(async () => {
  [server, directory] = await Promise.all([PostgresServer.start(), TemporaryDirectory.create()]);
  compute = createCompute({ logger });
  url = await server.createDatabase();
  const options = {
    dataDir: directory.path,
    node: "test",
    uncleanStop: false,
    compute,
    logger,
    now: () => clock,
    onFatal(error: Error) {
      throw error;
    },
  };
  sqlite = { ...(await openEngine({ ...options, databaseUrl: undefined })), indexed: async () => undefined };
  const { consumers, ...engine } = await openEngine({ ...options, databaseUrl: url });
  outbox = createOutbox({
    store: engine.store.outbox,
    consumers,
    logger,
    now: Date.now,
    times: { pollMs: 5 },
  });
  await outbox.start();
  postgres = { ...engine, indexed };
});

async function indexed(): Promise<void> {
  await vi.waitFor(async () => expect(await outbox.states()).toMatchObject([{ waiting: 0, failures: 0 }]), {
    timeout: 60_000,
    interval: 20,
  });
}

afterAll(async () => {
  await outbox.stop();
  await Promise.all([sqlite.store.close(), postgres.store.close(), compute.close()]);
  await Promise.all([server[Symbol.asyncDispose](), directory[Symbol.asyncDispose]()]);
});

/** Does the same on both, one after the other. */
async function onBoth(act: (store: Store) => Promise<unknown>): Promise<void> {
  await act(sqlite.store);
  await act(postgres.store);
  await postgres.indexed();
}

async function create(ownerId: string, title: string): Promise<string> {
  const id = randomUUID();
  const data = { title, model: null, agent: "default" };
  clock += 1;
  await onBoth((store) => store.append(id, [{ taskId: null, type: "session.created", data }], { ownerId }));
  return id;
}

/** In turn as a prompt, an answer, a tool's input and its output. */
function asEvents(texts: readonly string[]): StoredDraft[] {
  const taskId = randomUUID();
  return texts.map((text, index): StoredDraft => {
    const kind = index % 4;
    if (kind === 0) return { taskId, type: "text.ended", data: { blockId: `b${index}`, text } };
    // Of no task: it would have to exist, for its current step.
    if (kind === 1)
      return { taskId: null, type: "tool.called", data: { callId: "c", tool: "bash", input: { text } } };
    if (kind === 2) {
      return {
        taskId,
        type: "tool.ended",
        data: { callId: "c", status: "succeeded", output: text, durationMs: 1 },
      };
    }
    const prompt: StoredDraft = {
      taskId: randomUUID(),
      type: "task.submitted",
      data: { prompt: text, model: null, whenBusy: "enqueue" },
    };
    return prompt;
  });
}

async function say(sessionId: string, texts: readonly string[]): Promise<void> {
  const events = asEvents(texts);
  clock += 1;
  await onBoth((store) => store.append(sessionId, events));
}

/** Without times: events on PostgreSQL carry the database's. */
async function pageOf(page: Promise<SearchPage>) {
  const { items, nextCursor } = await page;
  return { items: items.map(({ at: _, ...hit }) => hit), nextCursor };
}

/** All pages of both engines, which must be equal. @returns their hits */
async function expectSame(ownerId: string, text: string, limit = 50, sessionId?: string) {
  const items = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < 200; pages++) {
    const query = { ownerId, text, sessionId, limit, ...(cursor === undefined ? {} : { cursor }) };
    const [expected, found] = [
      await pageOf(sqlite.search.search(query)),
      await pageOf(postgres.search.search(query)),
    ];
    expect(found, `${limit} of ${text.slice(0, 60)} before ${cursor}`).toEqual(expected);
    items.push(...found.items);
    if (found.nextCursor === null) break;
    cursor = found.nextCursor;
  }
  return items;
}

it("finds the same on both engines: hits, order, snippets and pages", async () => {
  const [first, second, others] = [
    await create(alice, "First"),
    await create(alice, "Second"),
    await create(bob, "Bob's"),
  ];
  for (let index = 0; index < TEXTS.length; index += 6) {
    await say(index % 12 === 0 ? first : second, TEXTS.slice(index, index + 6));
  }
  await say(others, TEXTS.slice(0, 12));
  let found = 0;
  for (const query of QUERIES) found += (await expectSame(alice, query)).length;
  expect(found).toBeGreaterThan(150);
  // Every realistic text is found by its first words.
  for (const text of TEXTS.slice(0, 32)) {
    expect((await expectSame(alice, text.slice(0, 200))).length, text).toBeGreaterThan(0);
  }
  for (const query of QUERIES.slice(0, 30)) await expectSame(bob, query, 3);
});

it("finds the same in random texts, page by page", async () => {
  const sessions = [await create(alice, "Random"), await create(bob, "Random"), await create(alice, "More")];
  for (const [index, sessionId] of [...sessions, ...sessions].entries()) {
    await say(sessionId, randomTexts(index + 1, 30));
  }
  for (const query of randomQueries(7, 40)) {
    await expectSame(alice, query, 7);
    await expectSame(bob, query);
  }
});

it("finds what a fork and an import bring along, in the order of the commits", async () => {
  const parent = await create(alice, "Parent");
  await say(parent, ["walrus one", "walrus two"]);
  const [fork, imported, taskId] = [randomUUID(), randomUUID(), randomUUID()];
  await onBoth(async (store) => {
    await store.sessions.begin({ id: fork, ownerId: alice, lastSeq: 3, at: clock, hiddenBy: "node" });
    await store.sessions.copyLog(parent, fork, 3);
    const data = { parentId: parent, atSeq: 3, title: "Fork", model: null, agent: "default" };
    await store.append(fork, [{ taskId: null, type: "session.forked", data }], { reveals: true });
  });
  await onBoth(async (store) => {
    await store.sessions.begin({ id: imported, ownerId: alice, at: clock, hiddenBy: "node" });
    await store.sessions.insertLog(imported, [
      {
        seq: 10,
        taskId,
        at: 1,
        type: "text.ended",
        data: { blockId: "b", text: "walrus of old" },
      },
    ]);
    const data = {
      title: "Imported",
      model: null,
      agent: "default",
      createdAt: 1,
      updatedAt: 1,
      archivedAt: null,
    };
    await store.append(imported, [{ taskId: null, type: "session.imported", data }], { reveals: true });
  });
  await say(parent, ["walrus three"]);
  const hits = await expectSame(alice, "walrus");
  expect(hits.map(({ sessionId, seq }) => [sessionId, seq])).toEqual([
    [parent, 4],
    [imported, 10],
    [fork, 3],
    [fork, 2],
    [parent, 3],
    [parent, 2],
  ]);
  expect(await expectSame(bob, "walrus")).toEqual([]);
});

it("finds what is in one session, page by page, and nothing of another owner's", async () => {
  const [one, other] = [await create(alice, "One"), await create(alice, "Other")];
  for (let round = 0; round < 3; round++) {
    await say(one, [`dugong ${round}`, "sea grass"]);
    await say(other, [`dugong of the other ${round}`]);
  }
  const hits = await expectSame(alice, "dugong", 2, one);
  expect(hits.map(({ sessionId, snippet }) => [sessionId, snippet])).toEqual([
    [one, "dugong 2"],
    [one, "dugong 1"],
    [one, "dugong 0"],
  ]);
  expect(await expectSame(alice, "dugong", 50)).toHaveLength(6);
  expect(await expectSame(alice, "grass", 50, other)).toEqual([]);
  expect(await expectSame(bob, "dugong", 50, one)).toEqual([]);
  expect(await expectSame(alice, "dugong", 50, randomUUID())).toEqual([]);
});

it("finds nothing in a deleted session, whose documents go", async () => {
  const sessionId = await create(alice, "Gone");
  await say(sessionId, ["ocelot", "ocelot again"]);
  expect(await expectSame(alice, "ocelot")).toHaveLength(2);
  await onBoth((store) =>
    store.sessions.hide(
      { id: sessionId, at: clock, hiddenBy: "node" },
      {
        id: randomUUID(),
        at: 1,
        userId: null,
        userName: null,
        tokenId: null,
        action: "session.delete",
        target: sessionId,
        decision: "allowed",
        detail: null,
        address: null,
        count: 1,
      },
    ),
  );
  expect(await expectSame(alice, "ocelot")).toEqual([]);
  await onBoth((store) => store.sessions.remove(sessionId));
  expect(await expectSame(alice, "ocelot")).toEqual([]);
  await vi.waitFor(async () => {
    expect(await documentsOf(sessionId)).toBe(0);
    expect(await count("search_gone")).toBe(0);
  }, 60_000);
});

it("shows nothing of what is being filled", async () => {
  const id = await createSession(postgres.store, alice);
  await postgres.store.sessions.insertLog(id, [
    { seq: 1, taskId: randomUUID(), at: 1, type: "text.ended", data: { blockId: "b", text: "quokka" } },
  ]);
  await postgres.indexed();
  expect((await postgres.search.search({ ownerId: alice, text: "quokka", limit: 5 })).items).toEqual([]);
});

it("makes an index of an earlier version again, in the same order", async () => {
  const before = await expectSame(alice, "the");
  await rowsOf("update search_version set version = 0");
  // Until it has begun, there is nothing in the backlog either.
  await vi.waitFor(
    async () => {
      expect(await rowsOf("select version from search_version")).toEqual([{ version: 1 }]);
      expect(await count("search_backlog")).toBe(0);
    },
    { timeout: 120_000, interval: 50 },
  );
  await vi.waitFor(async () => {
    const page = await postgres.search.search({ ownerId: alice, text: "the", limit: 50 });
    expect((await pageOf(Promise.resolve(page))).items).toEqual(before);
  }, 60_000);
});

it("H1: is soon done with phrases of nothing but one word in texts of nothing but it", async () => {
  const sessionId = await create(alice, "Hostile");
  await say(
    sessionId,
    Array.from({ length: 60 }, (_, index) => `${"a ".repeat(32_000)} ${index}`),
  );
  // The compute pool would have stopped it at its deadline.
  const page = await postgres.search.search({ ownerId: alice, text: `"${"a ".repeat(31)}b"`, limit: 20 });
  expect(page).toEqual({ items: [], nextCursor: null });
});

async function rowsOf(text: string): Promise<Record<string, unknown>[]> {
  return server.sql(`set search_path = trunkline; ${text}`, new URL(url).pathname.slice(1));
}

async function count(table: string): Promise<number> {
  const [row] = await rowsOf(`select count(*)::int as count from ${table}`);
  return Number(row?.["count"]);
}

async function documentsOf(sessionId: string): Promise<number> {
  const rows = await rowsOf(`select 1 from search_documents where session_id = '${sessionId}'`);
  return rows.length;
}
