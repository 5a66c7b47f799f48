import { PostgresServer } from "@trunkline/testkit";
import { Client } from "pg";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeOutbox } from "../outbox-conformance.ts";
import type { Store } from "../port.ts";
import { createVisibleSession, notice } from "../testing/session-log.ts";
import { openPostgresStore } from "./postgres-store.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

/** With no consumer but the test's. */
async function open(url: string): Promise<Store> {
  const store = await openPostgresStore({
    url,
    node: "test",
    now: Date.now,
    logger: pino({ level: "silent" }),
  });
  await query(
    url,
    "delete from outbox_consumers where name = 'search'; delete from outbox_wanted where consumer = 'search'",
  );
  return store;
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  return server.sql(`set search_path = trunkline; ${text}`, new URL(url).pathname.slice(1));
}

describeOutbox("PostgreSQL", async () => {
  const url = await server.createDatabase();
  return {
    open: async () => open(url),
    entries: async () => (await query(url, "select 1 from outbox")).length,
    // The database goes with its cluster.
    [Symbol.asyncDispose]: async () => undefined,
  };
});

const TRANSACTION = "begin; set local search_path = trunkline; select pg_current_xact_id()";

it("never passes over a transaction that began before another and commits after it", async () => {
  const url = await server.createDatabase();
  const store = await open(url);
  await store.outbox.register({ name: "c", types: ["notice"] });
  const told = async () => (await store.outbox.page("c", 10)).entries.map(({ id }) => id);
  const insert = (id: string) =>
    `insert into outbox (session_id, seq, type, at) values ('${id}', 1, 'notice', 1)`;
  const [early, late] = [new Client(url), new Client(url)];
  await Promise.all([early.connect(), late.connect()]);

  await early.query(TRANSACTION);
  await late.query(`${TRANSACTION}; ${insert("late")}; commit`);
  // Committed, but not delivered yet: the transaction in progress comes before it.
  expect(await told()).toEqual([]);
  await early.query(`${insert("early")}; commit`);
  expect(await told()).toEqual(["early:1", "late:1"]);

  // A sequence as cursor would skip the first here.
  await late.query(`${TRANSACTION}; ${insert("rolled back")}; rollback`);
  await early.query(`${TRANSACTION}; ${insert("first of two")}`);
  await late.query(`${TRANSACTION}; ${insert("second")}; commit`);
  const { place } = await store.outbox.page("c", 10);
  expect(place).toBeDefined();
  await store.outbox.claim("c", "node", 60_000);
  await store.outbox.advance("c", "node", place ?? "");
  await early.query(`${insert("second of two")}; commit`);
  expect(await told()).toEqual(["first of two:1", "second of two:1", "second:1"]);
  await Promise.all([early.end(), late.end(), store.close()]);
});

it("has one node at a time consume, and stores no cursor of one that lost the right to", async () => {
  const url = await server.createDatabase();
  const [a, b] = [await open(url), await open(url)];
  await a.outbox.register({ name: "c", types: ["notice"] });
  await a.append(await createVisibleSession(a), [notice("n")]);
  const { place = "" } = await a.outbox.page("c", 10);
  expect(await a.outbox.claim("c", "a", 60_000)).toBe(true);
  expect(await b.outbox.claim("c", "b", 60_000)).toBe(false);
  expect(await a.outbox.claim("c", "a", 60_000)).toBe(true);
  // As if a had been suspended for longer than its lease.
  await query(url, "update outbox_consumers set held_until = clock_timestamp() - interval '1 s'");
  expect(await b.outbox.claim("c", "b", 60_000)).toBe(true);
  expect(await a.outbox.advance("c", "a", place)).toBe(false);
  expect((await b.outbox.page("c", 10)).entries).toHaveLength(1);
  await b.outbox.release("c", "b");
  expect(await a.outbox.claim("c", "a", 60_000)).toBe(true);
  await Promise.all([a.close(), b.close()]);
});

it("goes on where it was in a cluster that was restored from a dump, and counts its transactions anew", async () => {
  const url = await server.createDatabase();
  const first = await open(url);
  for (const name of ["a", "b"]) await first.outbox.register({ name, types: ["notice"] });
  const sessionId = await createVisibleSession(first);
  await first.append(sessionId, [notice("2")]);
  await first.append(sessionId, [notice("3"), notice("4")]);
  const { place = "" } = await first.outbox.page("a", 2);
  await first.outbox.claim("a", "node", 1);
  await first.outbox.advance("a", "node", place);
  await first.close();
  // A dump keeps entries and cursors, but a new cluster restarts transaction ids.
  await query(
    url,
    `update outbox set xid = ((xid::text)::bigint + 1000000)::text::xid8;
     update outbox_consumers set cursor_xid = ((cursor_xid::text)::bigint + 1000000)::text::xid8`,
  );

  const store = await open(url);
  for (const name of ["a", "b"]) await store.outbox.register({ name, types: ["notice"] });
  await store.append(sessionId, [notice("5")]);
  const told = async (name: string) => (await store.outbox.page(name, 10)).entries.map(({ seq }) => seq);
  expect(await told("a")).toEqual([4, 5]);
  expect(await told("b")).toEqual([2, 3, 4, 5]);
  await store.close();
});
