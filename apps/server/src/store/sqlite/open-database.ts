import Database from "better-sqlite3";
import { defineSearchFunctions } from "./search-text.ts";
import { assertVersion } from "./sqlite-version.ts";

/**
 * How this process opens its database, for the writer and the readers.
 *
 * WAL lets readers continue during a commit; `synchronous = FULL` makes a commit durable before it is acknowledged.
 * Nobody else writes, so the busy timeout is for somebody with a shell.
 */
export function openDatabase(path: string, mode: "write" | "read"): Database.Database {
  const database = new Database(path, { readonly: mode === "read", fileMustExist: mode === "read" });
  try {
    assertVersion(database.prepare("select sqlite_version() as version").get());
    database.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
    if (mode === "write") {
      database.pragma("journal_mode = WAL");
      database.pragma("synchronous = FULL");
      database.pragma("foreign_keys = ON");
      database.pragma(`journal_size_limit = ${WAL_SIZE_LIMIT_BYTES}`);
    }
    database.pragma(`cache_size = ${-PAGE_CACHE_KIB}`);
    defineSearchFunctions(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

const BUSY_TIMEOUT_MS = 30_000;

/**
 * Per connection. Small, because it is permanent, and the OS cache is behind it: a miss costs two microseconds. The
 * upper levels of every index fit.
 */
const PAGE_CACHE_KIB = 4_000;

/** The write-ahead log is truncated to this after a backup has held it up. */
const WAL_SIZE_LIMIT_BYTES = 64 * 1_024 * 1_024;
