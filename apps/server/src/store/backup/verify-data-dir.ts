import { existsSync } from "node:fs";
import { databasePath } from "../sqlite/database-path.ts";
import { verifyDatabase } from "../sqlite/verify-database.ts";
import type { VerifyProgress, VerifyReport } from "../verify/verify-store.ts";
import { assertTrunklineDatabase } from "./assert-trunkline-database.ts";
import { BackupError } from "./backup-error.ts";

/**
 * Compares a database's rows with the fold of its logs. Read-only, whether or not a server is running. @throws
 * BackupError if there is no database of this version
 */
export async function verifyDataDir(
  dataDir: string,
  onProgress?: (progress: VerifyProgress) => void,
): Promise<VerifyReport> {
  const path = databasePath(dataDir);
  if (!existsSync(path)) throw new BackupError(`There is no database in ${dataDir}`);
  await assertTrunklineDatabase(path);
  return verifyDatabase(path, onProgress);
}
