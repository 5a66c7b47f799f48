import { inspect } from "node:util";
import { PostgresServer } from "@trunkline/testkit";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Store, StoreOpenError } from "../port.ts";
import { createVisibleSession, OWNER } from "../testing/session-log.ts";
import { openPostgresStore } from "./postgres-store.ts";
import { checkServer } from "./prepare-database.ts";

let server: PostgresServer;
const lines: string[] = [];
const logger = pino({ level: "trace" }, { write: (line) => void lines.push(line) });
beforeAll(async () => {
  server = await PostgresServer.start();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

async function open(url: string, patienceMs = 10_000): Promise<Store> {
  return openPostgresStore({ url, node: "test", now: Date.now, logger, patienceMs });
}

async function failureOf(opening: Promise<Store>): Promise<StoreOpenError> {
  const [settled] = await Promise.allSettled([opening]);
  if (settled.status === "fulfilled") throw new Error("it was opened");
  expect(settled.reason).toBeInstanceOf(StoreOpenError);
  return settled.reason as StoreOpenError;
}

it("is made once, by whichever of the nodes that start together", async () => {
  const url = await server.createDatabase();
  const stores = await Promise.all(Array.from({ length: 4 }, async () => open(url)));
  for (const store of stores) await createVisibleSession(store);
  for (const store of stores) {
    expect(await store.sessions.idsOf(OWNER)).toHaveLength(stores.length);
    await store.close();
  }
});

it("is left alone where a later version has been there", async () => {
  const url = await server.createDatabase();
  await (await open(url)).close();
  const database = new URL(url).pathname.slice(1);
  await server.sql("insert into trunkline.kysely_migration values ('999-later', 'now')", database);
  const error = await failureOf(open(url));
  expect(error).toMatchObject({ reason: "too_new", message: expect.stringContaining("999-later") });
});

it("has to be of a version and an encoding that Trunkline can work with", async () => {
  const ours = { version: 150_000, name: "15.0", encoding: "UTF8" };
  checkServer(ours);
  checkServer({ ...ours, version: 180_003 });
  expect(() => checkServer({ ...ours, version: 140_011, name: "14.11" })).toThrow(
    "PostgreSQL 14.11 is too old: Trunkline needs version 15 or later",
  );
  await server.sql(
    "create database latin encoding 'LATIN1' locale_provider 'libc' locale 'C' template template0",
  );
  const error = await failureOf(open(server.url("latin")));
  expect(error).toMatchObject({ reason: "unsupported", message: expect.stringContaining("LATIN1") });
});

it("may belong to somebody else, who lets the server make its tables, or already has", async () => {
  const url = await server.createDatabase();
  const asOther = url.replace("//trunkline:trunkline@", "//other:other@");
  const database = new URL(url).pathname.slice(1);
  await server.sql("create role other login");
  expect((await failureOf(open(asOther))).message).toContain("may not create a schema");
  await server.sql(`create schema trunkline authorization other`, database);
  await (await open(asOther)).close();
});

it("is waited for at the start, and named without user and password where it does not come", async () => {
  const url = await server.createDatabase();
  const secret = "sEcRet";
  const withSecret = url.replace("//trunkline:trunkline@", `//whoever:${secret}@`);
  const errors = [
    await failureOf(open(withSecret, 100)),
    await failureOf(open(withSecret.replace(/[^/]*$/, "nowhere").replace("whoever", "trunkline"), 100)),
    await failureOf(open(`postgres://whoever:${secret}@:::/[x`, 100)),
  ];
  await server.stop();
  errors.push(await failureOf(open(withSecret, 100)));
  const opening = open(url);
  await server.launch();
  const store = await opening;
  await createVisibleSession(store);
  await store.close();
  for (const error of errors) expect(error.reason).toBe("unreachable");
  const told = [...errors.map((error) => inspect(error, { depth: 9, showHidden: true })), ...lines].join(
    "\n",
  );
  expect(told).toContain("cannot be used");
  expect(told).not.toMatch(new RegExp(`${secret}|whoever`));
});
