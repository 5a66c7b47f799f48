import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { NO_SMALL_DISK, SmallDisk } from "../testing/small-disk.ts";
import { TemporaryDirectory } from "../testing/temporary-directory.ts";
import { isFullDisk, isStatementFault } from "./fault.ts";

const sqliteError = (code: string): Error => new Database.SqliteError("as SQLite would say", code);

/** SQLite's codes that may mean a full disk, and others. */
const AMBIGUOUS = ["SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE", "SQLITE_CANTOPEN"];
const BROKEN = [
  "SQLITE_IOERR_FSYNC",
  "SQLITE_IOERR_DIR_FSYNC",
  "SQLITE_CORRUPT",
  "SQLITE_NOTADB",
  "SQLITE_NOMEM",
];

it("takes SQLITE_FULL for a full disk, and a failed write for none while there is room", async () => {
  await using directory = await TemporaryDirectory.create();
  expect(isFullDisk(sqliteError("SQLITE_FULL"), directory.path)).toBe(true);
  for (const code of [...AMBIGUOUS, ...BROKEN])
    expect(isFullDisk(sqliteError(code), directory.path)).toBe(false);
});

it("asks the disk itself where SQLite's answer may mean that it is full, and never after a failed fsync", async (test) => {
  await using disk = await SmallDisk.mount(1);
  if (disk === undefined) return test.skip(NO_SMALL_DISK);
  disk.fill();
  for (const code of AMBIGUOUS) expect(isFullDisk(sqliteError(code), disk.path)).toBe(true);
  for (const code of BROKEN) expect(isFullDisk(sqliteError(code), disk.path)).toBe(false);
  return undefined;
});

it("takes a failed write to a read-only disk for broken, not for full", async (test) => {
  await using disk = await SmallDisk.mount(1);
  if (disk === undefined) return test.skip(NO_SMALL_DISK);
  await disk.setReadOnly();
  for (const code of AMBIGUOUS) expect(isFullDisk(sqliteError(code), disk.path)).toBe(false);
  return undefined;
});

it("tells a wrong statement from a database that is of no more use", () => {
  for (const code of ["SQLITE_ERROR", "SQLITE_CONSTRAINT_NOTNULL", "SQLITE_TOOBIG", "SQLITE_MISMATCH"]) {
    expect(isStatementFault(sqliteError(code))).toBe(true);
  }
  expect(isStatementFault(new TypeError("SQLite3 can only bind numbers, strings, …"))).toBe(true);
  for (const code of [...AMBIGUOUS, ...BROKEN, "SQLITE_FULL"])
    expect(isStatementFault(sqliteError(code))).toBe(false);
});

it("finds SQLite's code in what caused an error", () => {
  const wrapped = new Error("migration 1 failed", { cause: sqliteError("SQLITE_FULL") });
  expect(isFullDisk(wrapped, "/nowhere")).toBe(true);
});
