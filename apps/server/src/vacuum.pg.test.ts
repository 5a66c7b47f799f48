import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PostgresServer } from "@trunkline/testkit";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { SharedDirectory } from "./data-dir/shared-directory.ts";
import { verifyRows } from "./store/backup/verify-rows.ts";
import type { Store } from "./store/port.ts";
import { openPostgresStore } from "./store/postgres/postgres-store.ts";
import { lockDataDir } from "./store/sqlite/data-dir-lock.ts";
import { databasePath } from "./store/sqlite/database-path.ts";
import { openSqliteStore } from "./store/sqlite/sqlite-store.ts";
import { auditRecord } from "./store/testing/audit-record.ts";
import { createVisibleSession, notice, OWNER, readMessages } from "./store/testing/session-log.ts";
import { TemporaryDirectory } from "./store/testing/temporary-directory.ts";
import { vacuum } from "./vacuum.ts";

const PATH = process.env["PATH"] ?? "";

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await PostgresServer.start();
});
afterAll(async () => postgres[Symbol.asyncDispose]());

async function openStore(dataDir: string, databaseUrl: string | undefined): Promise<Store> {
  if (databaseUrl !== undefined) {
    return openPostgresStore({
      url: databaseUrl,
      node: "t",
      now: Date.now,
      logger: pino({ level: "silent" }),
    });
  }
  return openSqliteStore({ path: databasePath(dataDir), now: Date.now, onFatal: () => undefined });
}

/** What is there before: a session that stays, one that goes, and what is left of others. */
async function fill(dataDir: string, store: Store) {
  if (store.sharedDirectory !== null) {
    const logger = pino({ level: "silent" });
    const shared = await SharedDirectory.open({
      store: store.sharedDirectory,
      directory: dataDir,
      name: "t",
      logger,
    });
    await shared.stop();
  }
  const [kept, gone, hidden] = [
    await createVisibleSession(store),
    await createVisibleSession(store),
    randomUUID(),
  ];
  await store.append(kept, [notice("kept")]);
  for (let part = 0; part < 20; part++) await store.append(gone, [notice("x".repeat(100_000))]);
  await store.sessions.begin({ id: hidden, ownerId: OWNER, at: 0, hiddenBy: "dead" });
  await store.sessions.hide({ id: gone, at: 1, hiddenBy: "t" }, auditRecord());
  await store.sessions.remove(gone);
  const sha256 = "ab".repeat(32);
  const files = {
    kept: [`workspaces/${kept}/a`, `workspaces/${hidden}/a`, "workspaces/mine/a", `checkpoints/${kept}/HEAD`],
    orphaned: [
      `workspaces/${gone}/deep/a`,
      `workspaces/.preparing/${kept}/a`,
      `workspaces/.removing-${gone}/a`,
      `publications/${gone}.git/HEAD`,
      `projects/${gone}/mirror.git/HEAD`,
      `blobs/ab/${sha256}`,
    ],
  };
  for (const path of [...files.kept, ...files.orphaned]) {
    await mkdir(join(dataDir, path, ".."), { recursive: true });
    await writeFile(join(dataDir, path), "x".repeat(10_000));
  }
  return { kept, stays: files.kept, orphaned: files.orphaned };
}

it.each(["SQLite", "PostgreSQL"])(
  "frees what is gone, and nothing that a session has: %s",
  async (engine) => {
    await using directory = await TemporaryDirectory.create();
    const dataDir = directory.path;
    const databaseUrl = engine === "SQLite" ? undefined : await postgres.createDatabase();
    const store = await openStore(dataDir, databaseUrl);
    const { kept, stays, orphaned } = await fill(dataDir, store);
    await store.close();
    const there = (paths: string[]) => paths.filter((path) => existsSync(join(dataDir, path)));
    const place = { dataDir, sharedDir: dataDir, databaseUrl, path: PATH };

    const planned = await vacuum({ ...place, isDryRun: true });
    expect(there(orphaned)).toEqual(orphaned);
    const done = await vacuum({ ...place, isDryRun: false });
    expect(done.directories).toEqual(planned.directories);
    expect(done.directories.map(({ place: name, count }) => [name, count])).toEqual([
      ["workspaces", 2],
      ["workspaces/.preparing", 1],
      ["publications", 1],
      ["projects", 1],
    ]);
    expect(done.directories.every(({ bytes }) => bytes >= 10_000)).toBe(true);
    expect(done.attachments).toMatchObject({ count: 1 });
    expect(done.mirrors).toMatchObject({ count: 0, skipped: [] });
    expect(done.database?.skipped).toBeNull();
    expect(done.database?.after).toBeLessThan(
      (done.database?.before ?? 0) - (engine === "SQLite" ? 1_000_000 : 0),
    );
    expect(there(orphaned)).toEqual([]);
    expect(there(stays)).toEqual(stays);
    expect(await verifyRows({ dataDir, databaseUrl })).toMatchObject({ sessions: 1, differing: 0 });
    const again = await openStore(dataDir, databaseUrl);
    expect(await readMessages(again, kept)).toEqual(["kept"]);
    await again.close();
  },
);

it("refuses beside a server, under a node, where the directory is another store's, and while a replaced database is kept", async () => {
  await using directory = await TemporaryDirectory.create();
  const dataDir = directory.path;
  const embedded = { dataDir, sharedDir: dataDir, databaseUrl: undefined, path: PATH, isDryRun: false };
  await expect(vacuum(embedded)).rejects.toThrow("There is no database");
  const databaseUrl = await postgres.createDatabase();
  const store = await openStore(dataDir, databaseUrl);
  const { orphaned } = await fill(dataDir, store);
  await store.nodes.renew({ id: "n", name: "box", startedAt: 1 }, 60_000);
  const shared = { ...embedded, databaseUrl };
  await expect(vacuum(shared)).rejects.toThrow("box still runs");
  await store.nodes.leave("n");
  await store.close();

  await (await openStore(dataDir, undefined)).close();
  await using elsewhere = await TemporaryDirectory.create();
  const sharedDir = elsewhere.path;
  for (let index = 0; index < 10; index++) {
    await mkdir(elsewhere.join("workspaces", randomUUID()), { recursive: true });
  }
  await expect(vacuum({ ...embedded, sharedDir })).rejects.toThrow("None of the 10 directories");
  const replaced = `${databasePath(dataDir)}.replaced-2026-11-30T12-00-00.000Z`;
  await writeFile(replaced, "");
  await expect(vacuum(embedded)).rejects.toThrow("has kept the database that it replaced");
  await rm(replaced);
  // Without the variable, the files would be nobody's.
  await expect(vacuum(embedded)).rejects.toThrow("set TRUNKLINE_DATABASE_URL");
  using lock = await lockDataDir(dataDir);
  await expect(vacuum(shared)).rejects.toThrow("is in use");
  lock[Symbol.dispose]();
  await rm(join(dataDir, "trunkline-directory"));
  await expect(vacuum(shared)).rejects.toThrow("TRUNKLINE_SHARED_DIR");
  expect(orphaned.every((path) => existsSync(join(dataDir, path)))).toBe(true);
});
