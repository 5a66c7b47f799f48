import { fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { PostgresServer } from "@trunkline/testkit";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { createCompute } from "../../compute/pool.ts";
import { createOutbox } from "../../outbox/outbox.ts";
import { openEngine } from "../open-engine.ts";
import type { Store } from "../port.ts";
import { openPostgresStore } from "../postgres/postgres-store.ts";
import { verifyPostgres } from "../postgres/verify-postgres.ts";
import { databasePath } from "../sqlite/database-path.ts";
import { lockDataDir } from "../sqlite/data-dir-lock.ts";
import { openDatabase } from "../sqlite/open-database.ts";
import { openSqliteStore } from "../sqlite/sqlite-store.ts";
import { readRows } from "../testing/raw-rows.ts";
import { createVisibleSession, notice, readLog } from "../testing/session-log.ts";
import { TemporaryDirectory } from "../testing/temporary-directory.ts";
import { migrateStore } from "./migrate-store.ts";
import { LEFT_TABLES, MOVED_TABLES } from "./tables.ts";

const logger = pino({ level: "silent" });
const OWNER = "owner";

let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const openSqlite = async (dataDir: string): Promise<Store> =>
  openSqliteStore({
    path: databasePath(dataDir),
    now: Date.now,
    onFatal(error) {
      throw error;
    },
  });
const openPostgres = async (url: string): Promise<Store> =>
  openPostgresStore({ url, node: "test", now: Date.now, logger });

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  return server.sql(`set search_path = trunkline; ${text}`, new URL(url).pathname.slice(1));
}

/** Something of each kind. @returns sessions' ids */
async function fill(store: Store): Promise<string[]> {
  const audit = (action: string) => ({
    id: randomUUID(),
    at: 1,
    userId: OWNER,
    userName: "o",
    tokenId: null,
    action,
    target: null,
    decision: "allowed" as const,
    detail: "with a \0 in it",
    address: null,
    count: 1,
  });
  await store.audit.add(audit("first"));
  await store.audit.add(audit("second"));
  await store.blobs.add(OWNER, { sha256: "ab".repeat(32), bytes: 3, mediaType: "text/plain", createdAt: 1 });
  const ids: string[] = [];
  for (let index = 0; index < 3; index++) {
    const sessionId = await createVisibleSession(store, OWNER);
    ids.push(sessionId);
    const taskId = randomUUID();
    await store.append(sessionId, [
      {
        taskId,
        type: "task.submitted",
        data: { prompt: `walrus ${index} \0 ẞ 数据 \u0001`, model: null, whenBusy: "enqueue" },
      },
      ...Array.from({ length: 900 }, (_, n) => notice(`notice ${n} \ud800 ${"x".repeat(n % 50)}`)),
      { taskId, type: "text.ended", data: { blockId: "b", text: `walrus again ${index}` } },
    ]);
  }
  // Out of sight, half removed: it is for the next start to finish.
  await store.sessions.begin({ id: randomUUID(), ownerId: OWNER, at: 5, hiddenBy: "node" });
  return ids;
}

async function searchedIn(options: { dataDir: string; databaseUrl: string | undefined }) {
  const compute = createCompute({ logger });
  const onFatal = (error: Error) => {
    throw error;
  };
  const { store, search, consumers } = await openEngine({
    ...options,
    node: "test",
    uncleanStop: false,
    compute,
    logger,
    now: Date.now,
    onFatal,
  });
  const outbox = createOutbox({
    store: store.outbox,
    consumers,
    logger,
    now: Date.now,
    times: { pollMs: 5 },
  });
  await outbox.start();
  try {
    return await vi.waitFor(
      async () => {
        const { items } = await search.search({ ownerId: OWNER, text: "walrus", limit: 50 });
        expect(items).toHaveLength(6);
        return items;
      },
      { timeout: 60_000, interval: 50 },
    );
  } finally {
    await outbox.stop();
    await store.close();
    await compute.close();
  }
}

it("moves a store to PostgreSQL and back: every row, the logs, and what a search finds are the same", async () => {
  await using first = await TemporaryDirectory.create();
  await using second = await TemporaryDirectory.create();
  const url = await server.createDatabase();
  const store = await openSqlite(first.path);
  const ids = await fill(store);
  const logs = await Promise.all(ids.map(async (id) => readLog(store, id)));
  await store.close();
  const found = await searchedIn({ dataDir: first.path, databaseUrl: undefined });

  const there = await migrateStore({ from: first.path, to: url });
  expect(there).toMatchObject({
    sessions: 4,
    events: 2_709,
    isResumed: false,
    verified: { differing: 0, sessions: 3 },
  });
  expect(await verifyPostgres(url)).toMatchObject({ sessions: 3, differing: 0 });
  expect(await searchedIn({ dataDir: first.path, databaseUrl: url })).toEqual(found);
  const moved = await openPostgres(url);
  expect(await Promise.all(ids.map(async (id) => readLog(moved, id)))).toEqual(logs);
  await moved.close();

  const back = await migrateStore({ from: url, to: second.path });
  expect(back).toMatchObject({ sessions: 4, events: 2_709, rows: there.rows });
  for (const table of Object.keys(MOVED_TABLES)) {
    const order = (rows: object[]) => rows.map((row) => JSON.stringify(row)).toSorted();
    const [rows, expected] = [second, first].map(({ path }) => order(readRows(databasePath(path), table)));
    expect(rows, table).toEqual(expected);
  }
  expect(await searchedIn({ dataDir: second.path, databaseUrl: undefined })).toEqual(found);
});

it("goes on after a kill at any place, and keeps servers out until it is whole", async () => {
  await using directory = await TemporaryDirectory.create();
  await using back = await TemporaryDirectory.create();
  const url = await server.createDatabase();
  const store = await openSqlite(directory.path);
  await fill(store);
  await store.close();

  const killAt = async (from: string, to: string, parts: number): Promise<void> => {
    const child = fork(new URL("../testing/migrating-process.ts", import.meta.url), [from, to]);
    let told = 0;
    child.on("message", () => {
      told += 1;
      if (told === parts) child.kill("SIGKILL");
    });
    await once(child, "exit");
    expect(told).toBeGreaterThanOrEqual(parts);
  };
  for (const parts of [3, 2]) {
    await killAt(directory.path, url, parts);
    await expect(openPostgres(url)).rejects.toThrow(/run trunkline migrate-store again/);
  }
  const there = await migrateStore({ from: directory.path, to: url });
  expect(there).toMatchObject({ events: 2_709, isResumed: true, verified: { differing: 0 } });

  await killAt(url, back.path, 3);
  const again = await migrateStore({ from: url, to: back.path });
  expect(again).toMatchObject({ rows: there.rows, isResumed: true, verified: { differing: 0 } });
});

it("starts over where the source has gone on since it was interrupted", async () => {
  await using directory = await TemporaryDirectory.create();
  const url = await server.createDatabase();
  let store = await openSqlite(directory.path);
  const [sessionId = ""] = await fill(store);
  await store.close();
  await expect(
    migrateStore({
      from: directory.path,
      to: url,
      onProgress: ({ done }) => {
        if (done > 1_000) throw new Error("pulled the plug");
      },
    }),
  ).rejects.toThrow("pulled the plug");
  store = await openSqlite(directory.path);
  await store.append(sessionId, [notice("later")]);
  await store.close();
  expect(await migrateStore({ from: directory.path, to: url })).toMatchObject({
    events: 2_710,
    isResumed: false,
  });
});

it("starts over where rows have changed that nothing else tells of", async () => {
  await using directory = await TemporaryDirectory.create();
  const url = await server.createDatabase();
  await (await openSqlite(directory.path)).close();
  const change = (text: string) => {
    const database = openDatabase(databasePath(directory.path), "write");
    database.exec(text);
    database.close();
  };
  change(`insert into users (id, name, created_at) values ('u', 'u', 1);
    insert into tokens (id, user_id, name, kind, hash, created_at) values ('t', 'u', 't', 'api', 'h', 1)`);
  const interrupted = migrateStore({
    from: directory.path,
    to: url,
    onProgress: ({ phase }) => {
      if (phase === "verifying" || phase === "comparing") throw new Error("pulled the plug");
    },
  });
  await expect(interrupted).rejects.toThrow("pulled the plug");
  change("update tokens set last_used_at = 2");
  await expect(migrateStore({ from: directory.path, to: url })).rejects.toThrow(/tokens.*Run it again/);
  expect(await migrateStore({ from: directory.path, to: url })).toMatchObject({ isResumed: false });
  expect(await query(url, "select last_used_at::int as at from tokens")).toEqual([{ at: 2 }]);
});

it("refuses stores in use, and targets that hold something", async () => {
  await using directory = await TemporaryDirectory.create();
  await using other = await TemporaryDirectory.create();
  const url = await server.createDatabase();
  const store = await openSqlite(directory.path);
  await createVisibleSession(store, OWNER);
  await store.close();
  const refused = async (from: string, to: string) =>
    migrateStore({ from, to }).then(
      () => "moved",
      (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : ""),
    );

  const lock = await lockDataDir(directory.path);
  expect(await refused(directory.path, url)).toMatch(/^DataDirLockedError/);
  lock[Symbol.dispose]();
  expect(await refused(other.path, url)).toMatch(/^TransferError: There is no database in/);
  expect(await refused(directory.path, other.path)).toMatch(
    /^TransferError: Name a data directory and a postgres/,
  );

  const foreign = await openPostgres(url);
  await createVisibleSession(foreign, OWNER);
  await foreign.nodes.renew({ id: "n", name: "node-7", startedAt: 1 }, 60_000);
  await foreign.close();
  expect(await refused(url, other.path)).toMatch(/is in use by node-7: stop all nodes first/);
  await query(url, "delete from nodes");
  expect(await refused(directory.path, url)).toMatch(/holds a store already \(there are sessions\)/);
  expect(await refused(url, directory.path)).toMatch(/There is a database in .* already/);
  expect(await refused(directory.path, url.replace(/\/test_/, "/none_"))).toMatch(/^StoreOpenError/);
});

it("knows each table of both engines: whoever adds one decides whether it moves", async () => {
  await using directory = await TemporaryDirectory.create();
  const url = await server.createDatabase();
  await (await openSqlite(directory.path)).close();
  await (await openPostgres(url)).close();
  const known = new Set([...Object.keys(MOVED_TABLES), ...LEFT_TABLES]);
  const sqlite = readRows<{ name: string }>(databasePath(directory.path), "sqlite_schema", { type: "table" });
  const postgres = await query(url, "select tablename as name from pg_tables where schemaname = 'trunkline'");
  const names = [...sqlite, ...postgres].map(({ name }) => String(name));
  expect(
    names.filter(
      (name) =>
        !known.has(name) && !/^(sqlite_|search$|search_(data|idx|docsize|config|content)$)/.test(name),
    ),
  ).toEqual([]);
});
