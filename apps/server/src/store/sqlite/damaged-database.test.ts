import { readFile, rename, stat, truncate, writeFile } from "node:fs/promises";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { type Store, StoreOpenError, StoreUnavailableError } from "../port.ts";
import { overwritePages, pageCount } from "../testing/database-damage.ts";
import { createSession, notice, readMessages } from "../testing/session-log.ts";
import { TemporaryDirectory } from "../testing/temporary-directory.ts";
import { openSqliteStore } from "./sqlite-store.ts";

const neverFatal = (error: Error): void => {
  throw error;
};

async function open(path: string, onFatal: (error: Error) => void = neverFatal): Promise<Store> {
  return openSqliteStore({ path, now: Date.now, onFatal });
}

/** A closed database of some hundred pages. @returns the session with all its events. */
async function fillDatabase(path: string): Promise<string> {
  const store = await open(path);
  const sessionId = await createSession(store);
  await Promise.all(
    Array.from({ length: 500 }, async (_, index) =>
      store.append(sessionId, [notice(`${index} ${"x".repeat(500)}`)]),
    ),
  );
  await store.close();
  return sessionId;
}

/** Opening must fail as `damaged`, say what to do, and leave every byte unchanged. */
async function expectRefusal(path: string): Promise<void> {
  const before = await readFile(path);
  const refusal: unknown = await open(path).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(StoreOpenError);
  expect(refusal).toMatchObject({ reason: "damaged" });
  expect((refusal as Error).message).toContain(path);
  expect((refusal as Error).message).toMatch(/restore.*\.recover/);
  expect((refusal as Error).message.match(/is damaged/g)).toHaveLength(1);
  expect((await readFile(path)).equals(before)).toBe(true);
}

it("refuses a file that is no database", async () => {
  await using directory = await TemporaryDirectory.create();
  const path = directory.join("db");
  await writeFile(path, "this is not a database, whatever it was before\n".repeat(200));
  await expectRefusal(path);
});

it("refuses a database whose header was overwritten", async () => {
  await using directory = await TemporaryDirectory.create();
  const path = directory.join("db");
  await fillDatabase(path);
  overwritePages(path, 0);
  await expectRefusal(path);
});

it("refuses a database with an overwritten page in its middle", async () => {
  await using directory = await TemporaryDirectory.create();
  const path = directory.join("db");
  await fillDatabase(path);
  overwritePages(path, Math.floor(pageCount(path) / 2));
  await expectRefusal(path);
});

it("refuses to begin anew where a database is missing", async () => {
  await using directory = await TemporaryDirectory.create();
  const path = directory.join("db");
  const sessionId = await fillDatabase(path);
  await rename(path, directory.join("elsewhere"));
  await expect(open(path)).rejects.toThrow(/is missing, although there was one.*Put it back, or restore/);
  await expect(stat(path)).rejects.toThrow("ENOENT");
  await rename(directory.join("elsewhere"), path);
  const store = await open(path);
  expect(await readMessages(store, sessionId)).toHaveLength(500);
  await store.close();
});

it("refuses a database that was cut off, and one that was emptied", async () => {
  await using directory = await TemporaryDirectory.create();
  const path = directory.join("db");
  await fillDatabase(path);
  await truncate(path, Math.floor(pageCount(path) / 2) * 4_096);
  await expectRefusal(path);
  await truncate(path, 0);
  await expectRefusal(path);
});

it("refuses a write-ahead log without its database, and leaves it there", async () => {
  await using directory = await TemporaryDirectory.create();
  const path = directory.join("db");
  await writeFile(`${path}-wal`, "what was committed last");
  await expect(open(path)).rejects.toMatchObject({ reason: "damaged" });
  expect(await readFile(`${path}-wal`, "utf8")).toBe("what was committed last");
  await expect(stat(path)).rejects.toThrow("ENOENT");
});

it("refuses a database of a later version", async () => {
  await using directory = await TemporaryDirectory.create();
  const path = directory.join("db");
  await fillDatabase(path);
  const database = new Database(path);
  database.exec("insert into kysely_migration values ('999-from-the-future', '2099-01-01')");
  database.close();
  await expect(open(path)).rejects.toMatchObject({
    name: "StoreOpenError",
    reason: "too_new",
    message: expect.stringContaining("999-from-the-future") as unknown,
  });
});

it("begins anew where a first start was cut off before anything was stored", async () => {
  await using directory = await TemporaryDirectory.create();
  const path = directory.join("db");
  await writeFile(path, "");
  const sessionId = await fillDatabase(path);
  const store = await open(path);
  expect(await readMessages(store, sessionId)).toHaveLength(500);
  await store.close();
});

it("opens a sound database after an unclean stop, with all that was in it", async () => {
  await using directory = await TemporaryDirectory.create();
  const path = directory.join("db");
  const sessionId = await fillDatabase(path);
  const store = await openSqliteStore({ path, now: Date.now, onFatal: neverFatal, uncleanStop: true });
  expect(await readMessages(store, sessionId)).toHaveLength(500);
  await store.close();
});

it("tells readers that a database damaged under it is unavailable, once fatally", async () => {
  await using directory = await TemporaryDirectory.create();
  const path = directory.join("db");
  const sessionId = await fillDatabase(path);
  const fatal: Error[] = [];
  const store = await open(path, (error) => fatal.push(error));
  overwritePages(path, 2, pageCount(path) - 2);
  for (let attempt = 0; attempt < 2; attempt++) {
    await expect(readMessages(store, sessionId)).rejects.toThrow(StoreUnavailableError);
  }
  expect(fatal).toHaveLength(1);
  expect(fatal[0]).toMatchObject({ reason: "unavailable" });
  await store.close();
});

it("commits nothing more to a database damaged under it, and says so once", async () => {
  await using directory = await TemporaryDirectory.create();
  const path = directory.join("db");
  const sessionId = await fillDatabase(path);
  const fatal: Error[] = [];
  const store = await open(path, (error) => fatal.push(error));
  overwritePages(path, 2, pageCount(path) - 2);
  const commits = await Promise.allSettled(
    Array.from({ length: 3 }, async () => store.append(sessionId, [notice("lost")])),
  );
  expect(commits.map((commit) => commit.status)).toEqual(["rejected", "rejected", "rejected"]);
  await expect(store.append(sessionId, [notice("late")])).rejects.toMatchObject({
    reason: "unavailable",
  });
  expect(fatal).toHaveLength(1);
  await store.close();
});

it("keeps the database from everybody else's eyes", async () => {
  await using directory = await TemporaryDirectory.create();
  const path = directory.join("db");
  const store = await open(path);
  await createSession(store);
  for (const file of [path, `${path}-wal`, `${path}-shm`])
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  await store.close();
});
