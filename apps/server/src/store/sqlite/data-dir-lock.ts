import { join } from "node:path";
import Database from "better-sqlite3";

/** Another live process holds the data directory. */
export class DataDirLockedError extends Error {
  override readonly name = "DataDirLockedError";
}

/**
 * Takes the data directory for this process alone. The lock is SQLite's own exclusive lock on a file beside the
 * database: the kernel lets go of it when the process ends, however it ends, so a stale lock cannot exist.
 * @throws DataDirLockedError
 */
export function lockDataDir(dataDir: string): Disposable {
  const database = new Database(join(dataDir, "trunkline.lock"), { timeout: 0 });
  try {
    database.pragma("locking_mode = EXCLUSIVE");
    database.exec("begin exclusive");
  } catch (error) {
    database.close();
    if (error instanceof Error && "code" in error && error.code === "SQLITE_BUSY") {
      throw new DataDirLockedError(`${dataDir} is in use by another Trunkline server`, { cause: error });
    }
    throw error;
  }
  return {
    [Symbol.dispose]() {
      database.close();
    },
  };
}
