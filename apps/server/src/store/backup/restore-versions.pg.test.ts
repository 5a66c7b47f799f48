import { mkdir, stat, truncate } from "node:fs/promises";
import { PostgresServer } from "@trunkline/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectionConfig, NO_LIMITS, SCHEMA } from "../postgres/connection-config.ts";
import { Patience } from "../postgres/patience.ts";
import { prepareDatabase } from "../postgres/prepare-database.ts";
import { isMarkedRestored } from "./restore-mark.ts";
import { TemporaryDirectory } from "../testing/temporary-directory.ts";
import { backupEverything, restoreEverything } from "./backup.ts";
import { dumpPostgres, loadPostgres } from "./postgres-tools.ts";

let postgres: PostgresServer;
let directory: TemporaryDirectory;
beforeAll(async () => {
  [postgres, directory] = await Promise.all([PostgresServer.start(), TemporaryDirectory.create()]);
});
afterAll(async () => {
  await directory[Symbol.asyncDispose]();
  await postgres[Symbol.asyncDispose]();
});

const query = async (url: string, text: string) =>
  postgres.sql(`set search_path = ${SCHEMA}; ${text}`, new URL(url).pathname.slice(1));

async function prepare(url: string): Promise<void> {
  await prepareDatabase(connectionConfig(url, "test", NO_LIMITS), new Patience(5_000, () => undefined));
}

async function store(user: string): Promise<string> {
  const url = await postgres.createDatabase();
  await prepare(url);
  await query(url, `insert into users (id, name, created_at) values ('${user}', '${user}', 1)`);
  return url;
}

describe("a backup of PostgreSQL", () => {
  it("of an earlier version replaces what a later one has made, and comes up to date", async () => {
    const [earlier, upgraded] = [await store("earlier"), await store("upgraded")];
    // What the last migrations but one made is not there yet.
    await query(earlier, "drop table push_deliveries, push_subscriptions, push_keys");
    await query(
      earlier,
      "delete from kysely_migration where name in ('018-pushes', '019-own-workspaces', '020-order-of-ended-tasks')",
    );
    const file = directory.join("earlier.dump");
    await dumpPostgres(earlier, file);
    await loadPostgres(upgraded, file);
    expect(await query(upgraded, "select name from users")).toEqual([{ name: "earlier" }]);
    await prepare(upgraded);
    expect(await query(upgraded, "select count(*)::int as count from push_keys")).toEqual([{ count: 0 }]);
  });

  it("of a later version, or cut off, is refused, and what is there stays", async () => {
    const [later, here] = [await store("later"), await store("here")];
    await query(later, "insert into kysely_migration (name, timestamp) values ('999-later', '')");
    const file = directory.join("later.dump");
    await dumpPostgres(later, file);
    await expect(loadPostgres(here, file)).rejects.toThrow(/later version of Trunkline.*999-later/);

    const cut = directory.join("cut.dump");
    await query(later, "delete from kysely_migration where name = '999-later'");
    await dumpPostgres(later, cut);
    await truncate(cut, (await stat(cut)).size - 2_000);
    await expect(loadPostgres(here, cut)).rejects.toThrow("pg_restore failed");
    expect(await query(here, "select name from users")).toEqual([{ name: "here" }]);
  });

  it("that is refused does not cancel the tasks of the database that stays", async () => {
    const databaseUrl = await store("here");
    const dataDir = directory.join("data");
    await mkdir(dataDir, { mode: 0o700 });
    const place = { dataDir, sharedDir: dataDir, databaseUrl };
    const backup = directory.join("backup");
    await backupEverything(backup, { ...place, withKeys: true });
    await query(
      databaseUrl,
      "insert into nodes (id, name, started_at, expires_at) values ('n', 'node-7', 1, 9000000000000)",
    );
    await expect(restoreEverything(backup, place)).rejects.toThrow("Stop all nodes first: node-7");
    expect(await isMarkedRestored(dataDir)).toBe(false);
    await query(databaseUrl, "delete from nodes");
    await restoreEverything(backup, place);
    expect(await isMarkedRestored(dataDir)).toBe(true);
  });
});
