import { randomUUID } from "node:crypto";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

/** Whether one statement was wrong (or our own code), and the database is fine. */
export function isStatementFault(error: unknown): boolean {
  const code = sqliteCodeOf(error);
  return code === undefined || /^SQLITE_(ERROR|CONSTRAINT|MISMATCH|TOOBIG|RANGE)/.test(code);
}

/**
 * Whether the disk was full, which passes. What is neither this nor a statement's fault does not: after a failed fsync
 * nobody knows what is on the disk, so nothing is ever tried again (https://lwn.net/Articles/752063).
 * @param directory where the database lies.
 */
export function isFullDisk(error: unknown, directory: string): boolean {
  const code = sqliteCodeOf(error);
  return code === "SQLITE_FULL" || (code !== undefined && MAY_BE_FULL.has(code) && diskIsFull(directory));
}

/**
 * SQLite reports ENOSPC as SQLITE_FULL where it writes to a file, and as these where it creates one or makes the
 * -shm file longer; EDQUOT is a failed write. A read-only or dying disk gives the same codes.
 */
const MAY_BE_FULL = new Set(["SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE", "SQLITE_CANTOPEN"]);

/** Enough that a file system cannot find it in a block that it already has. */
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

/** The file system has no room, or its user may have no more of it. */
export function isNoSpace(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");
}

/** @returns e.g. `SQLITE_IOERR_FSYNC`, of the error or of what caused it; undefined where SQLite has no part in it. */
export function sqliteCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string" && error.code.startsWith("SQLITE_"))
    return error.code;
  return sqliteCodeOf(error.cause);
}
