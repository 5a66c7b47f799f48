import { rename, rm } from "node:fs/promises";
import { prepareDataDir } from "../../data-dir.ts";
import { markRestored, unmarkRestored } from "./restore-mark.ts";
import { lockDataDir } from "../sqlite/data-dir-lock.ts";
import { databasePath } from "../sqlite/database-path.ts";
import { BackupError } from "./backup-error.ts";
import { assertTrunklineDatabase } from "./assert-trunkline-database.ts";
import { countTokens } from "./count-tokens.ts";
import { copyDatabase, type CopyProgress } from "./copy-database.ts";
import { setAside } from "./set-aside.ts";
import { syncDirectory } from "./sync-directory.ts";

export interface RestoreSummary {
  /** Where the database is that was replaced; null where there was none. */
  replaced: string | null;
  /** Tokens and signed-in browsers of the backup that work again, unless this data directory knows better. */
  tokens: number;
}

export interface RestoreOptions {
  /** Whether everybody has to be let in anew. */
  revokeTokens?: boolean;
  /** Whether tasks that were unfinished at the time of the backup go on, instead of being canceled. */
  resumeTasks?: boolean;
  onProgress?: (progress: CopyProgress) => void;
}

/**
 * Puts a backup in the place of the data directory's database, which is kept beside it. A kill at any moment leaves
 * the one or the other in place, whole. What was revoked since the backup is in a file of its own (auth/revocation-ledger.ts),
 * which the next start applies; only a data directory that never heard of it lets revoked tokens in.
 * @throws BackupError where the file is no backup that this version can use; DataDirLockedError while a server runs on
 * the directory; DataDirError
 */
export async function restoreDatabase(
  dataDir: string,
  file: string,
  { revokeTokens = false, resumeTasks = false, onProgress }: RestoreOptions = {},
): Promise<RestoreSummary> {
  await prepareDataDir(dataDir);
  using _lock = await lockDataDir(dataDir);
  const path = databasePath(dataDir);
  const incoming = `${path}.restoring`;
  let tokens: number;
  try {
    await removeDatabase(incoming);
    await copyDatabase(file, incoming, onProgress);
    await assertTrunklineDatabase(incoming);
    tokens = countTokens(incoming, revokeTokens);
  } catch (error) {
    await removeDatabase(incoming);
    const detail = error instanceof Error ? error.message : String(error);
    throw new BackupError(`${file} cannot be restored: ${detail}`, { cause: error });
  }
  await (resumeTasks ? unmarkRestored(dataDir) : markRestored(dataDir));
  const replaced = await setAside(path);
  await rename(incoming, path);
  await syncDirectory(dataDir);
  return { replaced, tokens };
}

async function removeDatabase(path: string): Promise<void> {
  for (const suffix of ["", "-wal", "-shm", "-journal"]) await rm(`${path}${suffix}`, { force: true });
}
