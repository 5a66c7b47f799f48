import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { databasePath } from "../sqlite/database-path.ts";
import { openSqliteStore } from "../sqlite/sqlite-store.ts";
import { TemporaryDirectory } from "../testing/temporary-directory.ts";
import { ScheduledBackups } from "./scheduled-backups.ts";

const HOUR_MS = 3_600_000;

it("makes one when it is due, keeps the newest, and touches nothing else; after a failure it waits an hour", async () => {
  await using data = await TemporaryDirectory.create();
  await using elsewhere = await TemporaryDirectory.create();
  const logged: string[] = [];
  // The record of a backup has the real time.
  let now = Date.now();
  const log = (fields: object, message: string) => logged.push(message);
  const backups = new ScheduledBackups({
    directory: elsewhere.join("backups"),
    everyMs: 24 * HOUR_MS,
    keep: 1,
    of: { dataDir: data.path, sharedDir: data.path, databaseUrl: undefined, withKeys: false },
    logger: { info: log as never, error: log as never },
    now: () => now,
  });
  const made = async () =>
    (await readdir(elsewhere.join("backups"))).filter((name) => name.startsWith("trunkline-"));

  await backups.look();
  expect(await made()).toEqual([]);
  expect(logged).toEqual([expect.stringContaining("failed") as string]);
  const store = await openSqliteStore({
    path: databasePath(data.path),
    now: Date.now,
    onFatal: () => undefined,
  });
  await store.close();
  await backups.look();
  expect(await made()).toEqual([]);

  now += HOUR_MS;
  await backups.look();
  const [first] = await made();
  await mkdir(elsewhere.join("backups/mine"));
  now += HOUR_MS;
  await backups.look();
  expect(await made()).toEqual([first]);

  now += 24 * HOUR_MS;
  await backups.look();
  expect(await made()).toHaveLength(1);
  expect(await made()).not.toEqual([first]);
  expect(await readdir(elsewhere.join("backups"))).toContain("mine");
  await backups.stop();
});

it("goes on where one was made while the clock was far ahead", async () => {
  await using data = await TemporaryDirectory.create();
  await using elsewhere = await TemporaryDirectory.create();
  const store = await openSqliteStore({
    path: databasePath(data.path),
    now: Date.now,
    onFatal: () => undefined,
  });
  await store.close();
  let now = Date.now();
  const backups = new ScheduledBackups({
    directory: elsewhere.path,
    everyMs: 24 * HOUR_MS,
    keep: 9,
    of: { dataDir: data.path, sharedDir: data.path, databaseUrl: undefined, withKeys: false },
    logger: { info: () => undefined, error: () => undefined } as never,
    now: () => now,
  });
  await backups.look();
  const [first] = await readdir(elsewhere.path);
  const ahead = elsewhere.join("trunkline-2099-01-01T00-00-00Z");
  await cp(elsewhere.join(first!), ahead, { recursive: true });
  const record = join(ahead, "trunkline-backup.json");
  const told = JSON.parse(await readFile(record, "utf8")) as object;
  await writeFile(record, JSON.stringify({ ...told, createdAt: Date.UTC(2099) }));

  now += 25 * HOUR_MS;
  await backups.look();
  expect(await readdir(elsewhere.path)).toHaveLength(3);
  now = Date.now();
  await backups.look();
  expect(await readdir(elsewhere.path)).toHaveLength(3);
  await backups.stop();
});
