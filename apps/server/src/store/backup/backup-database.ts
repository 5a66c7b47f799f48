import { rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { databasePath } from "../sqlite/database-path.ts";
import { BackupError } from "./backup-error.ts";
import { copyDatabase, type CopyProgress } from "./copy-database.ts";
import { syncDirectory } from "./sync-directory.ts";
import { removeAbandoned, unfinishedName } from "./unfinished.ts";

export interface BackupSummary {
  /** Absolute. */
  file: string;
  bytes: number;
}

/**
 * Copies the database of a data directory, whether or not a server is running on it. The file appears under its final
 * name once it is complete and checked.
 * @throws BackupError
 */
export async function backupDatabase(
  dataDir: string,
  file: string,
  onProgress?: (progress: CopyProgress) => void,
): Promise<BackupSummary> {
  const source = databasePath(dataDir);
  if (!(await exists(source))) throw new BackupError(`There is no database in ${dataDir}`);
  if (await exists(file)) throw new BackupError(`${file} already exists; choose another name for the backup`);
  const prefix = `${basename(file)}.partial-`;
  const partial = join(dirname(file), unfinishedName(prefix));
  try {
    await rm(partial, { force: true });
    await removeAbandoned(dirname(file), (found) => found === prefix);
    await copyDatabase(source, partial, onProgress);
    await rename(partial, file);
    await syncDirectory(dirname(resolve(file)));
  } catch (error) {
    await rm(partial, { force: true });
    throw error instanceof BackupError
      ? error
      : asBackupError(`${source} cannot be backed up to ${file}`, error);
  }
  return { file: resolve(file), bytes: (await stat(file)).size };
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}

function asBackupError(what: string, cause: unknown): BackupError {
  return new BackupError(`${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
}
