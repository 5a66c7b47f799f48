import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, readdir, writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { asOrdinaryUser } from "../testing/as-ordinary-user.ts";
import { TemporaryDirectory } from "../testing/temporary-directory.ts";
import { lockDataDir } from "../sqlite/data-dir-lock.ts";
import { databasePath } from "../sqlite/database-path.ts";
import { openSqliteStore } from "../sqlite/sqlite-store.ts";
import { removeAbandonedRestores, RESTORING } from "./abandoned-restores.ts";
import { backupDatabase, backupEverything, restoreEverything } from "./backup.ts";
import { ScheduledBackups } from "./scheduled-backups.ts";

/** Makes a directory under each of these prefixes, as a process that then waits. */
const PROGRAM = `
  import { mkdirSync, writeFileSync } from "node:fs";
  import { unfinishedName } from ${JSON.stringify(new URL("unfinished.ts", import.meta.url).href)};
  const [directory, ...prefixes] = process.argv.slice(1);
  for (const prefix of prefixes) {
    const path = directory + "/" + unfinishedName(prefix);
    mkdirSync(path);
    writeFileSync(path + "/half", "half");
  }
  console.log("made");
  setInterval(() => undefined, 1_000);
`;

async function startMaking(directory: string, ...prefixes: string[]) {
  const child = spawn(process.execPath, ["--input-type=module", "-e", PROGRAM, directory, ...prefixes], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  };
  return { kill, [Symbol.asyncDispose]: kill };
}

async function createDatabase(dataDir: string): Promise<void> {
  const store = await openSqliteStore({
    path: databasePath(dataDir),
    now: Date.now,
    onFatal: () => undefined,
  });
  await store.close();
}

it("a backup removes what a killed one of the same name has left, and nothing else", async () => {
  await using data = await TemporaryDirectory.create();
  await using elsewhere = await TemporaryDirectory.create();
  await createDatabase(data.path);
  const place = { dataDir: data.path, sharedDir: data.path, databaseUrl: undefined, withKeys: false };
  await using killed = await startMaking(elsewhere.path, "one.partial-", "two.db.partial-", "mine-");
  await using alive = await startMaking(elsewhere.path, "one.partial-", "two.db.partial-");
  await writeFile(elsewhere.join("one.partial-elsewhere-1"), "another machine's");
  const before = (await readdir(elsewhere.path)).length;
  expect(before).toBe(6);
  await killed.kill();

  await backupEverything(elsewhere.join("one"), place);
  await backupDatabase(data.path, elsewhere.join("two.db"));
  const left = (await readdir(elsewhere.path)).filter((name) => /partial|mine/.test(name));
  expect(left.map((name) => name.replace(/partial-.*/, "partial"))).toEqual([
    expect.stringMatching(/^mine-/),
    "one.partial",
    "one.partial",
    "two.db.partial",
  ]);
  expect(left).toContain("one.partial-elsewhere-1");
  await alive.kill();
});

it("scheduled backups remove what a stop of the server has cut off, although later ones have other names", async () => {
  await using data = await TemporaryDirectory.create();
  await using elsewhere = await TemporaryDirectory.create();
  await createDatabase(data.path);
  await writeFile(data.join("trunkline-installation"), "1a2b3c4d-0000-4000-8000-000000000000\n");
  await using killed = await startMaking(
    elsewhere.path,
    "trunkline-2026-11-20T01-00-00Z.partial-",
    "trunkline-2026-11-20T01-00-00Z-1a2b3c4d.partial-",
    // Perhaps under way on another machine that is called the same.
    "trunkline-2026-11-20T01-00-00Z-99999999.partial-",
    "mine.partial-",
  );
  await killed.kill();
  const backups = new ScheduledBackups({
    directory: elsewhere.path,
    everyMs: 3_600_000,
    keep: 2,
    of: { dataDir: data.path, sharedDir: data.path, databaseUrl: undefined, withKeys: false },
    logger: { info: () => undefined, error: () => undefined },
    now: Date.now,
  });
  await backups.look();
  await backups.stop();
  expect(await readdir(elsewhere.path)).toEqual([
    expect.stringMatching(/^mine\.partial-/),
    expect.stringMatching(/^trunkline-2026-11-20T01-00-00Z-99999999\.partial-/),
    expect.stringMatching(/^trunkline-[\dTZ-]+-1a2b3c4d$/),
  ]);
});

it("a restore, and the start of a server, remove what a killed restore has left", async () => {
  await using data = await TemporaryDirectory.create();
  await using elsewhere = await TemporaryDirectory.create();
  await createDatabase(data.path);
  const place = { dataDir: data.path, sharedDir: data.path, databaseUrl: undefined };
  await backupEverything(elsewhere.join("backup"), { ...place, withKeys: false });
  const leftovers = async () => (await readdir(data.path)).filter((name) => name.includes("restoring"));

  await using first = await startMaking(data.path, ".restoring-");
  await first.kill();
  await restoreEverything(elsewhere.join("backup"), place);
  expect(await leftovers()).toEqual([]);

  await using second = await startMaking(data.path, ".restoring-");
  await using alive = await startMaking(data.path, ".restoring-");
  await second.kill();
  await writeFile(data.join("trunkline.db.restoring"), "half");
  await mkdir(data.join(".restoring-elsewhere-1"));
  expect(await leftovers()).toHaveLength(4);
  await removeAbandonedRestores(data.path, data.path);
  expect(await leftovers()).toHaveLength(2);
  await alive.kill();
});

it("removes what was left with directories that a command had made read-only, as an ordinary user", async () => {
  await using directory = await TemporaryDirectory.create();
  await using killed = await startMaking(directory.path, RESTORING);
  await killed.kill();
  const [left = ""] = await readdir(directory.path);
  await mkdir(directory.join(left, "go", "pkg"), { recursive: true });
  await writeFile(directory.join(left, "go", "pkg", "file"), "");
  await chmod(directory.join(left, "go", "pkg"), 0o555);
  asOrdinaryUser(
    directory.path,
    new URL("abandoned-restores.ts", import.meta.url),
    "removeAbandonedRestores",
    directory.path,
    directory.path,
  );
  expect(await readdir(directory.path)).toEqual([]);
});

it("a restore under a server says so before it puts anything together", async () => {
  await using data = await TemporaryDirectory.create();
  await using elsewhere = await TemporaryDirectory.create();
  await createDatabase(data.path);
  const place = { dataDir: data.path, sharedDir: data.path, databaseUrl: undefined };
  await backupEverything(elsewhere.join("one"), { ...place, withKeys: false });
  using _lock = await lockDataDir(data.path);
  const names = await readdir(data.path);
  await expect(restoreEverything(elsewhere.join("one"), place)).rejects.toThrow("is in use");
  expect(await readdir(data.path)).toEqual(names);
});
