import { rename } from "node:fs/promises";
import { prepareDataDir } from "../../data-dir/data-dir.ts";
import { markComing, markRestored, unmarkRestored } from "./restore-mark.ts";
import { lockDataDir } from "../sqlite/data-dir-lock.ts";
import { databasePath } from "../sqlite/database-path.ts";
import { BackupError } from "./backup-error.ts";
import { assertTrunklineDatabase } from "./assert-trunkline-database.ts";
import { countTokens, revokeAccess } from "./access-in-backup.ts";
import { copyDatabase, type CopyProgress } from "./copy-database.ts";
import { incomingDatabase, removeIncoming } from "./abandoned-restores.ts";
import { setAside } from "./set-aside.ts";
import { syncDirectory } from "./sync-directory.ts";

export interface RestoreSummary {
  /** Where the replaced database is; null if there was none. */
  replaced: string | null;
  /** Tokens and signed-in browsers of the backup that work again, except those revoked in this data directory. */
  tokens: number;
}

export interface RestoreOptions {
  /** Whether nothing in the backup lets anybody in: no token, invitation or link. */
  revokeTokens?: boolean;
  /** Whether to resume tasks that were unfinished at the time of the backup, instead of canceling them. */
  resumeTasks?: boolean;
  onProgress?: (progress: CopyProgress) => void;
}

/**
 * Replaces the data directory's database with a backup and keeps the old one beside it. A kill at any moment leaves one
 * or the other in place, whole. Revocations since the backup are in a separate file (auth/revocation-ledger.ts), which
 * the next start applies; only a data directory without that file accepts revoked tokens.
 * @throws BackupError if this version can't use the file; DataDirLockedError while a server is running on the
 * directory; DataDirError
 */
export async function restoreDatabase(
  dataDir: string,
  file: string,
  { revokeTokens = false, resumeTasks = false, onProgress }: RestoreOptions = {},
): Promise<RestoreSummary> {
  await prepareDataDir(dataDir);
  using _lock = await lockDataDir(dataDir);
  const path = databasePath(dataDir);
  const incoming = incomingDatabase(dataDir);
  let tokens: number;
  try {
    await removeIncoming(dataDir);
    await copyDatabase(file, incoming, onProgress);
    await assertTrunklineDatabase(incoming);
    if (revokeTokens) revokeAccess(incoming);
    tokens = countTokens(incoming);
  } catch (error) {
    await removeIncoming(dataDir);
    const detail = error instanceof Error ? error.message : String(error);
    throw new BackupError(`${file} cannot be restored: ${detail}`, { cause: error });
  }
  const replaced = await setAside(path);
  // The tasks of a database that stays, because this is killed before the rename, go on; those of the new one never do unasked.
  if (!resumeTasks) await markComing(dataDir);
  await rename(incoming, path);
  await syncDirectory(dataDir);
  await (resumeTasks ? unmarkRestored(dataDir) : markRestored(dataDir));
  return { replaced, tokens };
}
