import { chmodSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { readServerRecord } from "../../data-dir/data-dir.ts";
import { isRunning } from "../is-running.ts";

/** Another live process holds the data directory; the message names it if known. */
export class DataDirLockedError extends Error {
  override readonly name = "DataDirLockedError";
}

/**
 * Locks the data directory for this process. The lock is SQLite's own exclusive lock on a file beside the database: the
 * kernel releases it when the process ends, however it ends, so there are no stale locks; and child processes that
 * outlive it do not inherit it.
 *
 * It is a POSIX lock, which is lost when the process closes any other descriptor of the file
 * (https://sqlite.org/lockingv3.html, "how to corrupt", 2.2). SQLite takes care of its own descriptors; nobody else has
 * a reason to open this empty file, which is why it is separate.
 * @throws DataDirLockedError
 */
export async function lockDataDir(dataDir: string): Promise<Disposable> {
  const path = join(dataDir, "trunkline.lock");
  const database = new Database(path, { timeout: 0 });
  try {
    // By name: a descriptor of our own would have to be closed.
    chmodSync(path, 0o600);
    database.pragma("locking_mode = EXCLUSIVE");
    // Nothing is ever written, so there is nothing to roll back; and a journal would need space on a full disk.
    database.pragma("journal_mode = MEMORY");
    database.exec("begin exclusive");
  } catch (error) {
    database.close();
    if (error instanceof Error && "code" in error && error.code === "SQLITE_BUSY") {
      throw new DataDirLockedError(await describeHolder(dataDir), { cause: error });
    }
    throw error;
  }
  held.add(database);
  return {
    [Symbol.dispose]() {
      held.delete(database);
      database.close();
    },
  };
}

/** An unreferenced connection would be closed by the garbage collector, and its lock lost. */
const held = new Set<Database.Database>();

async function describeHolder(dataDir: string): Promise<string> {
  const holder = await readServerRecord(dataDir);
  // A killed server's record stays until the next one has written its own.
  return holder !== undefined && isRunning(holder.pid)
    ? `${dataDir} is in use by the Trunkline server at ${holder.url} (process ${holder.pid}); stop it first`
    : `${dataDir} is in use by another Trunkline process; stop it first`;
}
