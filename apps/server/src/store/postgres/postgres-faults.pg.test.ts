import { randomUUID } from "node:crypto";
import { PostgresServer } from "@trunkline/testkit";
import { Client } from "pg";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  FencedError,
  GuardFailedError,
  type Store,
  StoreUnavailableError,
  UniqueViolationError,
} from "../port.ts";
import { AppendLoad } from "../testing/append-load.ts";
import { CuttingProxy } from "../testing/cutting-proxy.ts";
import { createVisibleSession, notice, OWNER, readLog, readMessages } from "../testing/session-log.ts";
import { openPostgresStore, type PostgresStoreOptions } from "./postgres-store.ts";
import { verifyPostgres } from "./verify-postgres.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

async function open(url: string, options: Partial<PostgresStoreOptions> = {}): Promise<Store> {
  return openPostgresStore({
    url,
    node: "test",
    now: Date.now,
    logger: pino({ level: "silent" }),
    ...options,
  });
}

async function createSessions(store: Store, count: number): Promise<string[]> {
  return Promise.all(Array.from({ length: count }, async () => createVisibleSession(store)));
}

/** Longer than a busy machine needs to recover a database, in ms. */
const PATIENT = { patienceMs: 120_000 };

describe("PostgreSQL that fails under load", () => {
  it("loses nothing, and stores nothing twice, when its backends are terminated again and again", async () => {
    const url = await server.createDatabase();
    const store = await open(url, PATIENT);
    const load = new AppendLoad([store], await createSessions(store, 20));
    load.start();
    for (let round = 0; round < 12; round++) {
      await load.more(150);
      await server.sql(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'trunkline %'",
      );
    }
    await load.more(100);
    await load.stop();
    expect(load.failures).toEqual([]);
    expect(await load.faults(store)).toEqual([]);
    await store.close();
    expect((await verifyPostgres(url)).differences).toEqual([]);
  });

  it("loses nothing, and stores nothing twice, when it crashes and recovers", async () => {
    const url = await server.createDatabase();
    const stores = [await open(url, PATIENT), await open(url, PATIENT)];
    const [store] = stores as [Store];
    const load = new AppendLoad(stores, await createSessions(store, 20));
    load.start();
    for (let round = 0; round < 3; round++) {
      await load.more(300);
      await server.restart("immediate");
    }
    await load.more(100);
    await load.stop();
    expect(load.failures).toEqual([]);
    expect(await load.faults(store)).toEqual([]);
    for (const one of stores) await one.close();
  });

  it("is waited for, by appends and by reads, and is given up in time where it does not come back", async () => {
    const url = await server.createDatabase();
    const lines: string[] = [];
    const logger = pino({ level: "info" }, { write: (line) => void lines.push(line) });
    const store = await open(url, { logger, ...PATIENT });
    const impatient = await open(url, { patienceMs: 200 });
    const sessionId = await createVisibleSession(store);
    await impatient.append(sessionId, [notice("before")]);
    await server.stop("fast");

    const refused = impatient.append(sessionId, [notice("refused")]);
    await expect(refused).rejects.toThrow(StoreUnavailableError);
    await expect(impatient.sessions.find(OWNER, sessionId)).rejects.toThrow(StoreUnavailableError);
    await expect(store.ping()).rejects.toThrow(StoreUnavailableError);
    const appended = store.append(sessionId, [notice("waited")]);
    const found = store.sessions.find(OWNER, sessionId);

    await server.launch();
    expect(await appended).toMatchObject([{ seq: 3 }]);
    expect(await found).toMatchObject({ id: sessionId });
    await impatient.append(sessionId, [notice("after")]);
    expect(await readMessages(impatient, sessionId)).toEqual(["before", "waited", "after"]);
    // Once for all of its connections.
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
      "PostgreSQL cannot be used; trying again",
      "PostgreSQL can be used again",
    ]);
    await store.close();
    await impatient.close();
  });

  it("holds nobody up for longer than the limits where a row or a table is locked", async () => {
    const url = await server.createDatabase();
    const limits = { lockMs: 2_000, connectMs: 1_000 };
    const store = await open(url, { limits, patienceMs: 1_000, lanes: 1, readers: 1 });
    const [locked, other] = (await createSessions(store, 2)) as [string, string];
    const holder = new Client({ connectionString: url });
    await holder.connect();
    await holder.query("begin");
    await holder.query("select 1 from trunkline.sessions where id = $1 for update", [locked]);
    await expect(store.append(locked, [notice("x")])).rejects.toThrow(StoreUnavailableError);
    await store.append(other, [notice("x")]);
    await holder.query("lock table trunkline.events in access exclusive mode");
    // The only connection for reads waits for the table, and all others for the connection.
    const reads = await Promise.allSettled(Array.from({ length: 5 }, async () => readLog(store, other)));
    for (const read of reads) expect(read).toMatchObject({ reason: expect.any(StoreUnavailableError) });
    const hasty = await open(url, { limits: { statementMs: 1_000 }, patienceMs: 3_000 });
    await expect(readLog(hasty, other)).rejects.toThrow("statement timeout");
    await expect(hasty.append(other, [notice("z")])).rejects.toThrow("statement timeout");
    await holder.query("rollback");
    await holder.end();
    await store.append(locked, [notice("y")]);
    expect(await readMessages(store, locked)).toEqual(["y"]);
    expect(await readMessages(hasty, other)).toEqual(["x"]);
    await store.close();
    await hasty.close();
  });

  it("takes the locks from a node that falls silent in the middle of a commit", async () => {
    const url = await server.createDatabase();
    await using proxy = await CuttingProxy.start(server.port);
    const limits = { idleInTransactionMs: 500 };
    const silent = await open(proxy.through(url), { limits });
    const store = await open(url, { limits });
    const sessionId = await createVisibleSession(store);
    await silent.append(sessionId, [notice("before")]);
    const isSilent = proxy.cutNextCommit("pause");
    const late = silent.append(sessionId, [notice("late")]);
    await isSilent;
    await store.append(sessionId, [notice("meanwhile")]);
    await late;
    expect(await readMessages(store, sessionId)).toEqual(["before", "meanwhile", "late"]);
    await silent.close();
    await store.close();
  });
});

describe("two stores on one database", () => {
  it("append to the same sessions at once, without a gap, a duplicate or a deadlock", async () => {
    const url = await server.createDatabase();
    const stores = [await open(url), await open(url), await open(url, { lanes: 2 })];
    const [store] = stores as [Store];
    const sessions = await createSessions(store, 12);
    const load = new AppendLoad(stores, sessions);
    load.start();
    await load.more(2_000);
    await load.stop();
    expect(load.failures).toEqual([]);
    expect(await load.faults(store)).toEqual([]);
    const [{ deadlocks } = { deadlocks: -1 }] = await server.sql<{ deadlocks: number }>(
      `select deadlocks::int from pg_stat_database where datname = '${new URL(url).pathname.slice(1)}'`,
    );
    expect(deadlocks).toBe(0);
    for (const one of stores) await one.close();
    expect((await verifyPostgres(url)).differences).toEqual([]);
  });

  it("give a task to one of those that claim it, and keep out who has lost it", async () => {
    const url = await server.createDatabase();
    const stores = [await open(url), await open(url)] as const;
    const sessions = await createSessions(stores[0], 10);
    for (const sessionId of sessions) {
      const taskId = randomUUID();
      const data = { prompt: "x", model: null, whenBusy: "enqueue" } as const;
      await stores[0].append(sessionId, [{ taskId, type: "task.submitted", data }]);
      const claims = await Promise.allSettled(
        stores.map(async (store, index) =>
          store.append(sessionId, [
            { taskId, type: "task.started", data: { attempt: 1, node: `n${index}` } },
          ]),
        ),
      );
      expect(claims.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
      for (const claim of claims) {
        if (claim.status === "rejected") expect(claim.reason).toBeInstanceOf(GuardFailedError);
      }
      // The other takes over; what the first sent meanwhile comes before that, or not at all.
      const zombie = Promise.allSettled(
        Array.from({ length: 20 }, async (_, index) =>
          stores[0].append(sessionId, [notice(`late ${index}`)], { fence: { taskId, attempt: 1 } }),
        ),
      );
      await stores[1].append(sessionId, [
        { taskId, type: "task.interrupted", data: { attempt: 1, reason: "orphaned" } },
        { taskId, type: "task.started", data: { attempt: 2, node: "n1" } },
      ]);
      for (const late of await zombie) {
        if (late.status === "rejected") expect(late.reason).toBeInstanceOf(FencedError);
      }
      const last = stores[0].append(sessionId, [notice("too late")], { fence: { taskId, attempt: 1 } });
      await expect(last).rejects.toThrow(FencedError);
      const log = await readLog(stores[1], sessionId);
      const takenOver = log.findIndex(({ type }) => type === "task.interrupted");
      expect(log.slice(takenOver).filter(({ type }) => type === "notice")).toEqual([]);
    }
    // An idempotency key is unique per owner, whichever node gets it.
    const submits = await Promise.allSettled(
      sessions.map(async (sessionId, index) =>
        stores[index % 2]?.append(sessionId, [
          {
            taskId: randomUUID(),
            type: "task.submitted",
            data: { prompt: "x", model: null, whenBusy: "enqueue", idempotencyKey: "k", requestHash: "h" },
          },
        ]),
      ),
    );
    expect(submits.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const submit of submits) {
      if (submit.status === "rejected") expect(submit.reason).toBeInstanceOf(UniqueViolationError);
    }
    for (const store of stores) await store.close();
    expect((await verifyPostgres(url)).differences).toEqual([]);
  });
});
