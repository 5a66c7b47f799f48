import { statSync } from "node:fs";
import { StoreOpenError } from "../port.ts";
import type { Ballast } from "./ballast.ts";
import { isStatementFault, sqliteCodeOf } from "./fault.ts";
import { openDatabase } from "./open-database.ts";

/** Checked at every start; takes some 0.1 s. */
const ALWAYS_CHECKED_BYTES = 64 * 1_024 * 1_024;

/** Maximum size checked after an unclean stop (some 1 s). Checking more would delay the interrupted tasks. */
const CHECKED_AFTER_CRASH_BYTES = 512 * 1_024 * 1_024;

/**
 * Checks the database before anything else touches it. A damaged one is refused and left alone, never recreated.
 * @throws StoreOpenError `damaged`; SqliteError if it can't be opened for another reason.
 */
export function checkDatabase(path: string, ballast: Ballast, uncleanStop: boolean): void {
  const walSize = sizeOf(`${path}-wal`) ?? 0;
  const size = sizeOf(path);
  if (size === undefined) {
    if (walSize > 0) throw damaged(path, "the file is missing, but its write-ahead log is there");
    // An empty one in its place would have nothing of the sessions whose files are here, and take these for leftovers.
    if (ballast.exists()) throw missing(path);
    return;
  }
  if (size === 0) {
    // An interrupted first start also leaves an empty file.
    if (walSize > 0 || ballast.exists()) throw damaged(path, "the file is empty");
    return;
  }
  const limit = uncleanStop ? CHECKED_AFTER_CRASH_BYTES : ALWAYS_CHECKED_BYTES;
  try {
    const database = openDatabase(path, "read");
    try {
      if (size + walSize > limit) database.prepare("select count(*) from sqlite_schema").get();
      else assertSound(path, database.pragma("quick_check(1)", { simple: true }));
    } finally {
      database.close();
    }
  } catch (error) {
    throw asDamaged(path, error);
  }
}

/** @returns the error, as a StoreOpenError if it indicates a damaged database. */
export function asDamaged(path: string, error: unknown): unknown {
  if (error instanceof StoreOpenError) return error;
  const code = isStatementFault(error) ? undefined : sqliteCodeOf(error);
  if (code === undefined || !/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return error;
  return damaged(path, error instanceof Error ? error.message : String(error), error);
}

function assertSound(path: string, answer: unknown): void {
  // Its first line only names the main database.
  if (answer !== "ok") throw damaged(path, String(answer).replace(/^\*{3}.*\n/, ""));
}

function missing(path: string): StoreOpenError {
  return new StoreOpenError(
    "damaged",
    `The database ${path} is missing, although there was one: ${path}-ballast is still there. Put it back, or restore a ` +
      `backup (trunkline restore). To start without any of its sessions, set TRUNKLINE_DATA_DIR to another directory`,
  );
}

function damaged(path: string, detail: string, cause?: unknown): StoreOpenError {
  return new StoreOpenError(
    "damaged",
    `The database ${path} is damaged (${detail}). It was left as it is. Restore a backup (trunkline restore), or ` +
      `save what can be read: sqlite3 ${path} .recover | sqlite3 recovered.db, then trunkline restore recovered.db`,
    { cause },
  );
}

function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}
