import Database from "better-sqlite3";
import { assertVersion } from "./sqlite-version.ts";

/**
 * How this process opens its database, one place for the writer and the readers.
 *
 * WAL lets readers go on while a commit is written; `synchronous = FULL` makes a commit durable before it is
 * acknowledged; a busy time-out only ever matters while another tool (a backup, a shell) looks at the file.
 */
export function openDatabase(path: string, mode: "write" | "read"): Database.Database {
  const database = new Database(path, { readonly: mode === "read", fileMustExist: mode === "read" });
  try {
    assertVersion(database.prepare("select sqlite_version() as version").get());
    database.pragma("busy_timeout = 5000");
    if (mode === "write") {
      database.pragma("journal_mode = WAL");
      database.pragma("synchronous = FULL");
      database.pragma("foreign_keys = ON");
    }
    database.pragma("cache_size = -16000");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
