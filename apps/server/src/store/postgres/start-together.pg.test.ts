import { PostgresServer } from "@trunkline/testkit";
import { Client } from "pg";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openPostgresStore } from "./postgres-store.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const open = async (url: string, node: string) =>
  openPostgresStore({ url, node, now: Date.now, logger: pino({ level: "silent" }) });

it("creates the tables once where several nodes start at once on an empty database", async () => {
  const url = await server.createDatabase();
  const stores = await Promise.all(Array.from({ length: 5 }, async (_, index) => open(url, `node-${index}`)));
  for (const [index, store] of stores.entries()) {
    const name = `user-${index}`;
    await store.users.ensure({ id: name, name, createdAt: 1, removedAt: null });
  }
  for (const store of stores) expect(await store.users.page({ limit: 9 })).toHaveLength(5);
  for (const store of stores) await store.close();
});

it("lets a node go on whose successor has brought the tables further, and refuses to start one of its version", async () => {
  const url = await server.createDatabase();
  const running = await open(url, "old");
  const client = new Client(url);
  await client.connect();
  // What the next version's first node does.
  await client.query("alter table trunkline.users add column added_later text");
  await client.query("insert into trunkline.kysely_migration (name, timestamp) values ('999-later', 'now')");
  await client.end();
  await running.users.ensure({ id: "u", name: "u", createdAt: 1, removedAt: null });
  expect(await running.users.find("u")).toMatchObject({ name: "u" });
  await expect(open(url, "old again")).rejects.toThrow("later version of Trunkline (migration 999-later)");
  await running.close();
});
