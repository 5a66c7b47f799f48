import { writeFileSync } from "node:fs";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { readRows } from "../testing/raw-rows.ts";
import { DataDirLockedError } from "../sqlite/data-dir-lock.ts";
import { databasePath } from "../sqlite/database-path.ts";
import { openSqliteStore } from "../sqlite/sqlite-store.ts";
import { AppendLedger, readSession } from "../testing/append-ledger.ts";
import { overwritePages, pageCount } from "../testing/database-damage.ts";
import { createSession, notice, readMessages } from "../testing/session-log.ts";
import { TemporaryDirectory } from "../testing/temporary-directory.ts";
import {
  backupDatabase,
  backupEverything,
  BackupError,
  type CopyProgress,
  restoreDatabase,
} from "./backup.ts";

async function openStore(path: string) {
  return openSqliteStore({
    path,
    now: Date.now,
    onFatal(error) {
      throw error;
    },
  });
}

/** @returns the id of a session with these messages, in a closed database. */
async function writeMessages(dataDir: string, ...messages: string[]): Promise<string> {
  const store = await openStore(databasePath(dataDir));
  const sessionId = await createSession(store);
  for (const message of messages) await store.append(sessionId, [notice(message)]);
  await store.close();
  return sessionId;
}

async function expectMessages(path: string, sessionId: string, messages: string[]): Promise<void> {
  const store = await openStore(path);
  expect(await readMessages(store, sessionId)).toEqual(messages);
  await store.close();
}

it("copies the database of a server under load, and restores it with all that was acknowledged", async () => {
  await using directory = await TemporaryDirectory.create();
  await using elsewhere = await TemporaryDirectory.create();
  await using ledger = new AppendLedger(directory.path);
  await ledger.reaches(5_000);

  const before = ledger.entries();
  const countBefore = ledger.count;
  const progress: CopyProgress[] = [];
  const file = elsewhere.join("backup.db");
  const summary = await backupDatabase(directory.path, file, (step) => progress.push(step));
  // On a machine that does much else the copy may be faster than a commit.
  await ledger.reaches(countBefore + 1);
  const countAfter = ledger.count;
  await expect(restoreDatabase(directory.path, file)).rejects.toThrow(DataDirLockedError);
  // Twice as long as the backup: the copy is a snapshot.
  await ledger.reaches(countAfter + 1_000);
  await ledger.kill();

  expect(summary).toEqual({ file, bytes: (await stat(file)).size });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readdir(elsewhere.path)).toEqual(["backup.db"]);
  expect(progress.at(-1)).toEqual({ copiedBytes: summary.bytes, totalBytes: summary.bytes });

  await restoreDatabase(elsewhere.join("data"), file);
  const restored = await openStore(databasePath(elsewhere.join("data")));
  const acknowledgedInTheEnd = new Map(ledger.entries());
  let events = 0;
  for (const [sessionId, acknowledged] of before) {
    const stored = await readSession(restored, sessionId);
    const [session] = readRows<{ last_seq: number }>(databasePath(elsewhere.join("data")), "sessions", {
      id: sessionId,
    });
    const lastSeq = session!.last_seq;
    expect([...stored.keys()]).toEqual(Array.from({ length: lastSeq }, (_, index) => index + 1));
    expect(lastSeq).toBeGreaterThanOrEqual(acknowledged.size);
    for (const [seq, message] of stored) expect(message).toBe(acknowledgedInTheEnd.get(sessionId)?.get(seq));
    events += stored.size;
  }
  expect(events).toBeGreaterThanOrEqual(countBefore);
  expect(events).toBeLessThan(ledger.count);
  await restored.close();
});

it("copies what a killed server has left in its write-ahead log", async () => {
  await using directory = await TemporaryDirectory.create();
  await using ledger = new AppendLedger(directory.path);
  await ledger.reaches(200);
  await ledger.kill();
  const file = directory.join("backup.db");
  await backupDatabase(directory.path, file);
  const copy = await openStore(file);
  for (const [sessionId, acknowledged] of ledger.entries()) {
    const stored = await readSession(copy, sessionId);
    for (const [seq, message] of acknowledged) expect(stored.get(seq)).toBe(message);
  }
  await copy.close();
});

it("keeps the database that a backup replaces, with what a killed server had left in its log", async () => {
  await using directory = await TemporaryDirectory.create();
  const file = directory.join("backup.db");
  await using other = await TemporaryDirectory.create();
  const sessionId = await writeMessages(other.path, "from the backup");
  await backupDatabase(other.path, file);

  await using ledger = new AppendLedger(directory.path);
  await ledger.reaches(200);
  await ledger.kill();
  const { replaced } = await restoreDatabase(directory.path, file);
  expect(dirname(replaced ?? "")).toBe(directory.path);
  expect(basename(replaced ?? "")).toMatch(/^trunkline\.db\.replaced-\d{4}-\d\d-\d\dT/);
  await expectMessages(databasePath(directory.path), sessionId, ["from the backup"]);
  const aside = await openStore(replaced ?? "");
  for (const [id, acknowledged] of ledger.entries()) {
    const stored = await readSession(aside, id);
    for (const [seq, message] of acknowledged) expect(stored.get(seq)).toBe(message);
  }
  await aside.close();
});

it("replaces a damaged database, and keeps it as it was", async () => {
  await using directory = await TemporaryDirectory.create();
  const sessionId = await writeMessages(directory.path, "good");
  const file = directory.join("backup.db");
  await backupDatabase(directory.path, file);
  const path = databasePath(directory.path);
  overwritePages(path, 0, pageCount(path));
  await writeFile(`${path}-wal`, "what nobody can read any more");
  const damaged = await readFile(path);
  const { replaced } = await restoreDatabase(directory.path, file);
  expect(await readFile(replaced ?? "")).toEqual(damaged);
  await expectMessages(path, sessionId, ["good"]);
});

it("refuses what is no backup of Trunkline, and leaves the database alone", async () => {
  await using directory = await TemporaryDirectory.create();
  const sessionId = await writeMessages(directory.path, "mine");
  const path = databasePath(directory.path);
  const text = directory.join("notes.txt");
  await writeFile(text, "no database at all, but long enough to look like one\n".repeat(100));
  const foreign = directory.join("foreign.db");
  new Database(foreign).exec("create table recipes (name text)").close();
  const cutOff = directory.join("cut-off.db");
  await backupDatabase(directory.path, cutOff);
  overwritePages(cutOff, Math.floor(pageCount(cutOff) / 2));
  const later = directory.join("later.db");
  await backupDatabase(directory.path, later);
  new Database(later).exec("insert into kysely_migration values ('999-later', '2099-01-01')").close();

  const files = (await readdir(directory.path)).toSorted();
  await expect(restoreDatabase(directory.path, text)).rejects.toThrow(BackupError);
  await expect(restoreDatabase(directory.path, foreign)).rejects.toThrow(/not one of Trunkline/);
  await expect(restoreDatabase(directory.path, cutOff)).rejects.toThrow(BackupError);
  await expect(restoreDatabase(directory.path, later)).rejects.toThrow(/later version.*999-later/);
  await expect(restoreDatabase(directory.path, directory.join("missing.db"))).rejects.toThrow(BackupError);
  expect((await readdir(directory.path)).toSorted()).toEqual([...files, "trunkline.lock"].toSorted());
  await expectMessages(path, sessionId, ["mine"]);
});

it("overwrites no file with a backup, and leaves none behind where there is nothing to back up", async () => {
  await using directory = await TemporaryDirectory.create();
  await using empty = await TemporaryDirectory.create();
  await writeMessages(directory.path, "x");
  const file = directory.join("precious");
  await writeFile(file, "precious");
  await expect(backupDatabase(directory.path, file)).rejects.toThrow(BackupError);
  await expect(backupDatabase(directory.path, databasePath(directory.path))).rejects.toThrow(BackupError);
  expect(await readFile(file, "utf8")).toBe("precious");
  await expect(backupDatabase(empty.path, empty.join("backup.db"))).rejects.toThrow(/no database/);
  await expect(backupDatabase(directory.path, empty.join("missing", "b.db"))).rejects.toThrow(BackupError);
  expect(await readdir(empty.path)).toEqual([]);
});

it("ends without a backup where the key of credentials was replaced meanwhile: it would open nothing in there", async () => {
  await using directory = await TemporaryDirectory.create();
  await using elsewhere = await TemporaryDirectory.create();
  const dataDir = directory.path;
  await writeMessages(dataDir, "kept");
  const key = directory.join("credentials.key");
  await writeFile(key, "one");
  const place = { dataDir, sharedDir: dataDir, databaseUrl: undefined };
  const replacing = backupEverything(elsewhere.join("backup"), {
    ...place,
    withKeys: true,
    onProgress: () => writeFileSync(key, "another"),
  });
  await expect(replacing).rejects.toThrow("replaced meanwhile");
  expect(await readdir(elsewhere.path)).toEqual([]);
  // Nobody gets the key with it.
  await backupEverything(elsewhere.join("without"), {
    ...place,
    withKeys: false,
    onProgress: () => writeFileSync(key, "a third"),
  });
});
