import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { databasePath } from "../sqlite/database-path.ts";
import { openSqliteStore } from "../sqlite/sqlite-store.ts";
import { TemporaryDirectory } from "../testing/temporary-directory.ts";
import { ScheduledBackups } from "./scheduled-backups.ts";

const HOUR_MS = 3_600_000;

async function createDatabase(dataDir: string): Promise<void> {
  const store = await openSqliteStore({
    path: databasePath(dataDir),
    now: Date.now,
    onFatal: () => undefined,
  });
  await store.close();
}

/** A server's, with a clock of its own. */
function scheduled(dataDir: string, directory: string, keep: number) {
  const failures: string[] = [];
  const clock = { now: Date.now() };
  const backups = new ScheduledBackups({
    directory,
    everyMs: 24 * HOUR_MS,
    keep,
    of: { dataDir, sharedDir: dataDir, databaseUrl: undefined, withKeys: false },
    logger: {
      info: () => undefined,
      error: ({ err }: { err: Error }) => failures.push(err.message),
    } as never,
    now: () => clock.now,
  });
  return { backups, clock, failures };
}

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
  await createDatabase(data.path);
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
  await createDatabase(data.path);
  const { backups, clock } = scheduled(data.path, elsewhere.path, 9);
  await backups.look();
  const [first] = await readdir(elsewhere.path);
  const ahead = elsewhere.join(first!.replace(/\d{4}-\d\d-\d\dT[\d-]+Z/, "2099-01-01T00-00-00Z"));
  await cp(elsewhere.join(first!), ahead, { recursive: true });
  const record = join(ahead, "trunkline-backup.json");
  const told = JSON.parse(await readFile(record, "utf8")) as object;
  await writeFile(record, JSON.stringify({ ...told, createdAt: Date.UTC(2099) }));

  clock.now += 25 * HOUR_MS;
  await backups.look();
  expect(await readdir(elsewhere.path)).toHaveLength(3);
  clock.now = Date.now();
  await backups.look();
  expect(await readdir(elsewhere.path)).toHaveLength(3);
  await backups.stop();
});

it("of two servers in one directory, each makes its own when they are due, and removes its own alone", async () => {
  await using data = await TemporaryDirectory.create();
  await using others = await TemporaryDirectory.create();
  await using elsewhere = await TemporaryDirectory.create();
  for (const { path } of [data, others]) await createDatabase(path);
  const mine = scheduled(data.path, elsewhere.path, 1);
  const theirs = scheduled(others.path, elsewhere.path, 1);
  // In the same second.
  theirs.clock.now = mine.clock.now;
  await mine.backups.look();
  const [first] = await readdir(elsewhere.path);
  await theirs.backups.look();
  const [theirFirst] = (await readdir(elsewhere.path)).filter((name) => name !== first);
  expect(theirFirst).toBeDefined();
  // As an earlier version names and records them.
  const earlier = elsewhere.join("trunkline-2026-01-01T00-00-00Z");
  await cp(elsewhere.join(first!), earlier, { recursive: true });
  const record = join(earlier, "trunkline-backup.json");
  const { installation: _, ...told } = JSON.parse(await readFile(record, "utf8")) as { installation: string };
  await writeFile(record, JSON.stringify(told));

  mine.clock.now += 25 * HOUR_MS;
  await mine.backups.look();
  const names = await readdir(elsewhere.path);
  expect(names).toHaveLength(3);
  expect(names).not.toContain(first);
  expect(names).toEqual(expect.arrayContaining([theirFirst, "trunkline-2026-01-01T00-00-00Z"]));
  expect([...mine.failures, ...theirs.failures]).toEqual([]);
});

it("writes nothing to a directory that has lost all its backups, as where nothing is mounted", async () => {
  await using data = await TemporaryDirectory.create();
  await using elsewhere = await TemporaryDirectory.create();
  await createDatabase(data.path);
  const [directory, away] = [elsewhere.join("mounted/backups"), elsewhere.join("away")];
  const { backups, clock, failures } = scheduled(data.path, directory, 2);
  await backups.look();
  expect(failures).toEqual([]);
  await rename(elsewhere.join("mounted"), away);
  const later = async () => {
    clock.now += 25 * HOUR_MS;
    await backups.look();
  };

  await later();
  expect(failures).toEqual([expect.stringContaining("none of the backups any more") as string]);
  expect(await readdir(elsewhere.path)).toEqual(["away"]);
  await mkdir(directory, { recursive: true });
  await later();
  expect(failures).toHaveLength(2);
  expect(await readdir(directory)).toEqual([]);

  await rm(elsewhere.join("mounted"), { recursive: true });
  await rename(away, elsewhere.join("mounted"));
  await later();
  expect(failures).toHaveLength(2);
  expect(await readdir(directory)).toHaveLength(2);

  await rm(directory, { recursive: true });
  await later();
  const [, file = ""] = /remove (\S+) to begin anew/.exec(failures[2] ?? "") ?? [];
  await rm(file);
  await later();
  expect(failures).toHaveLength(3);
  expect(await readdir(directory)).toHaveLength(1);
});
