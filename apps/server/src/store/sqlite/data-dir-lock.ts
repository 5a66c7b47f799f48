import { chmodSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { readServerRecord } from "../../data-dir.ts";

/** Another live process holds the data directory; the message names it where that is known. */
export class DataDirLockedError extends Error {
  override readonly name = "DataDirLockedError";
}

/**
 * Takes the data directory for this process alone. The lock is SQLite's own exclusive lock on a file beside the
 * database: the kernel lets go of it when the process ends, however it ends, so a stale lock cannot exist; and child
 * processes that outlive it do not inherit it.
 *
 * It is a POSIX lock, and those are lost when the process that holds one closes any other descriptor of the file
 * (https://sqlite.org/lockingv3.html, "how to corrupt", 2.2). SQLite knows and takes care of its own descriptors; nobody
 * else has a reason to open this file, which is empty: that is why it is a file of its own.
 * @throws DataDirLockedError
 */
export async function lockDataDir(dataDir: string): Promise<Disposable> {
  const path = join(dataDir, "trunkline.lock");
  const database = new Database(path, { timeout: 0 });
  try {
    // By its name: a descriptor of our own would be one to close.
    chmodSync(path, 0o600);
    database.pragma("locking_mode = EXCLUSIVE");
    // Nothing is ever written, so there is nothing to take back; and a journal's file would need room on a full disk.
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

/** A connection that nobody refers to is closed by the garbage collector, and its lock is gone. */
const held = new Set<Database.Database>();

async function describeHolder(dataDir: string): Promise<string> {
  const holder = await readServerRecord(dataDir);
  // The record of a server that was killed stays until the next has written its own.
  return holder !== undefined && isRunning(holder.pid)
    ? `${dataDir} is in use by the Trunkline server at ${holder.url} (process ${holder.pid}); stop it first`
    : `${dataDir} is in use by another Trunkline process; stop it first`;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
