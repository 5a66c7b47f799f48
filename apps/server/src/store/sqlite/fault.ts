import { randomUUID } from "node:crypto";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

/** Whether only a statement (our code) was wrong, and the database is fine. */
export function isStatementFault(error: unknown): boolean {
  const code = sqliteCodeOf(error);
  return code === undefined || /^SQLITE_(ERROR|CONSTRAINT|MISMATCH|TOOBIG|RANGE)/.test(code);
}

/**
 * Whether the disk was full, which passes. Any other fault but a statement's does not: after a failed fsync the state
 * of the disk is unknown, so nothing is ever retried (https://lwn.net/Articles/752063).
 * @param directory of the database.
 */
export function isFullDisk(error: unknown, directory: string): boolean {
  const code = sqliteCodeOf(error);
  return code === "SQLITE_FULL" || (code !== undefined && MAY_BE_FULL.has(code) && diskIsFull(directory));
}

/**
 * SQLite reports ENOSPC as SQLITE_FULL when writing to a file, and as these when creating one or extending the -shm
 * file; EDQUOT is a failed write. A read-only or failing disk gives the same codes.
 */
const MAY_BE_FULL = new Set(["SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE", "SQLITE_CANTOPEN"]);

/** More than fits into a block that is already allocated. */
const PROBE_BYTES = 65_536;

/** Asks the file system itself, by writing. */
function diskIsFull(directory: string): boolean {
  const path = join(directory, `probe-${randomUUID()}`);
  try {
    const file = openSync(path, "wx", 0o600);
    try {
      return writeSync(file, new Uint8Array(PROBE_BYTES)) < PROBE_BYTES;
    } finally {
      closeSync(file);
      rmSync(path);
    }
  } catch (error) {
    return isNoSpace(error);
  }
}

/** The file system is full, or the user's quota used up. */
export function isNoSpace(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");
}

/** @returns e.g. `SQLITE_IOERR_FSYNC`, of the error or its cause; undefined if it is not SQLite's. */
export function sqliteCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string" && error.code.startsWith("SQLITE_"))
    return error.code;
  return sqliteCodeOf(error.cause);
}
