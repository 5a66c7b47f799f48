import { statfs, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { openDatabase } from "../sqlite/open-database.ts";

/** Of the database's file, in bytes. */
export interface Reclaimed {
  before: number;
  after: number;
  /** Why it is as it was; null: it was done. */
  skipped: string | null;
}

/**
 * Rewrites a stopped database without its holes, in one transaction of SQLite's. It needs the size of the database twice: for a
 * copy, and for the log of writing it back (https://sqlite.org/lang_vacuum.html).
 */
export async function reclaimSqlite(path: string): Promise<Reclaimed> {
  const sizeOf = async (): Promise<number> => (await stat(path)).size;
  const database = openDatabase(path, "write");
  try {
    database.pragma("wal_checkpoint(TRUNCATE)");
    const before = await sizeOf();
    const { bavail, bsize } = await statfs(dirname(path));
    if (bavail * bsize < 2 * before) {
      const skipped = `rewriting it needs ${2 * before} bytes, and ${bavail * bsize} are free`;
      return { before, after: before, skipped };
    }
    database.exec("insert into search (search) values ('optimize')");
    database.exec("vacuum");
    database.pragma("wal_checkpoint(TRUNCATE)");
    return { before, after: await sizeOf(), skipped: null };
  } finally {
    database.close();
  }
}
