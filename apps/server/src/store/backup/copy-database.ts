import { open } from "node:fs/promises";
import Database from "better-sqlite3";
import { openDatabase } from "../sqlite/open-database.ts";
import { BackupError } from "./backup-error.ts";

export interface CopyProgress {
  copiedBytes: number;
  totalBytes: number;
}

/** Bounds how long this process is away between two reports. */
const PAGES_PER_STEP = 1_000;

/**
 * Copies a database as it is at one moment into a new file that is complete in itself, sound, and on the disk. Others,
 * in this process or another, may go on writing meanwhile.
 *
 * SQLite's backup starts over whenever somebody else has written, and under load never ends; while this connection has
 * a transaction open it sees one state of the database, and the backup goes on from step to step. (`VACUUM INTO` does
 * the same in one single step: no progress to report, and a process that answers nobody until it is done.)
 * @param destination must not exist; where the copy fails it may be left behind.
 * @throws BackupError where the copy is damaged, SqliteError where the source is no database.
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
