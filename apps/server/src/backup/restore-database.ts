import { rename, rm } from "node:fs/promises";
import { prepareDataDir } from "../data-dir.ts";
import { lockDataDir } from "../store/sqlite/data-dir-lock.ts";
import { databasePath } from "../store/sqlite/database-path.ts";
import { BackupError } from "./backup-error.ts";
import { assertTrunklineDatabase } from "./assert-trunkline-database.ts";
import { copyDatabase, type CopyProgress } from "./copy-database.ts";
import { setAside } from "./set-aside.ts";
import { syncDirectory } from "./sync-directory.ts";

export interface RestoreSummary {
  /** Where the database is that was replaced; null where there was none. */
  replaced: string | null;
}

/**
 * Puts a backup in the place of the data directory's database, which is kept beside it. A kill at any moment leaves
 * the one or the other in place, whole.
 * @throws BackupError where the file is no backup that this version can use; DataDirLockedError while a server runs on
 * the directory; DataDirError
 */
export async function restoreDatabase(
  dataDir: string,
  file: string,
  onProgress?: (progress: CopyProgress) => void,
): Promise<RestoreSummary> {
  await prepareDataDir(dataDir);
  using _lock = await lockDataDir(dataDir);
  const path = databasePath(dataDir);
  const incoming = `${path}.restoring`;
  try {
    await removeDatabase(incoming);
    await copyDatabase(file, incoming, onProgress);
    await assertTrunklineDatabase(incoming);
  } catch (error) {
    await removeDatabase(incoming);
    const detail = error instanceof Error ? error.message : String(error);
    throw new BackupError(`${file} cannot be restored: ${detail}`, { cause: error });
  }
  const replaced = await setAside(path);
  await rename(incoming, path);
  await syncDirectory(dataDir);
  return { replaced };
}

async function removeDatabase(path: string): Promise<void> {
  for (const suffix of ["", "-wal", "-shm", "-journal"]) await rm(`${path}${suffix}`, { force: true });
}
