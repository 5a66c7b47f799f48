import { open } from "node:fs/promises";
import Database from "better-sqlite3";
import { openDatabase } from "../sqlite/open-database.ts";
import { BackupError } from "./backup-error.ts";

export interface CopyProgress {
  copiedBytes: number;
  totalBytes: number;
}

/** Bounds how long this process is blocked between two progress reports. */
const PAGES_PER_STEP = 1_000;

/**
 * Copies a snapshot of a database to a new file that is self-contained, consistent and synced. Others, in this process
 * or another, may keep writing.
 *
 * SQLite's backup restarts whenever somebody else has written, so under load it never ends. While this connection has
 * an open transaction it sees a snapshot, and the backup continues. (`VACUUM INTO` does the same in a single step: no
 * progress, and a process blocked until it is done.)
 * @param destination must not exist; may be left behind if the copy fails.
 * @throws BackupError if the copy is damaged, SqliteError if the source is not a database.
 */
export async function copyDatabase(
  source: string,
  destination: string,
  onProgress?: (progress: CopyProgress) => void,
): Promise<void> {
  const file = await open(destination, "wx", 0o600);
  try {
    await copyPages(source, destination, onProgress);
    finishCopy(destination);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function copyPages(
  source: string,
  destination: string,
  onProgress?: (progress: CopyProgress) => void,
): Promise<void> {
  const database = openDatabase(source, "read");
  try {
    const pageBytes = Number(database.pragma("page_size", { simple: true }));
    database.exec("begin");
    database.prepare("select count(*) from sqlite_schema").get();
    const report = ({ totalPages, remainingPages }: Database.BackupMetadata): void =>
      onProgress?.({
        copiedBytes: (totalPages - remainingPages) * pageBytes,
        totalBytes: totalPages * pageBytes,
      });
    const end = await database.backup(destination, {
      progress(step) {
        report(step);
        return PAGES_PER_STEP;
      },
    });
    report(end);
    database.exec("commit");
  } finally {
    database.close();
  }
}

/** Without a write-ahead log it is one file, which can be moved and read anywhere. @throws BackupError */
function finishCopy(path: string): void {
  const database = new Database(path);
  try {
    database.pragma("journal_mode = DELETE");
    const answer = database.pragma("integrity_check(1)", { simple: true });
    if (answer !== "ok")
      throw new BackupError(`The copy ${path} is damaged, and so is its source: ${String(answer)}`);
  } finally {
    database.close();
  }
}
