import { existsSync } from "node:fs";
import { describeFault, fromPostgres } from "../postgres/fault.ts";
import { verifyPostgres } from "../postgres/verify-postgres.ts";
import { databasePath } from "../sqlite/database-path.ts";
import { verifyDatabase } from "../sqlite/verify-database.ts";
import type { VerifyProgress, VerifyReport } from "../verify/verify-store.ts";
import { assertTrunklineDatabase } from "./assert-trunkline-database.ts";
import { BackupError } from "./backup-error.ts";

/**
 * Compares the rows of a store with what its logs fold to. Reads only, whether or not a server runs on it.
 * @param store.databaseUrl of PostgreSQL; absent: the database is in the data directory.
 * @throws BackupError where there is no database of this version
 */
export async function verifyRows(
  { dataDir, databaseUrl }: { dataDir: string; databaseUrl: string | undefined },
  onProgress?: (progress: VerifyProgress) => void,
): Promise<VerifyReport> {
  if (databaseUrl !== undefined) {
    try {
      return await verifyPostgres(databaseUrl, onProgress);
    } catch (error) {
      throw new BackupError(`The rows in PostgreSQL cannot be read: ${describeFault(fromPostgres(error))}`);
    }
  }
  const path = databasePath(dataDir);
  if (!existsSync(path)) throw new BackupError(`There is no database in ${dataDir}`);
  await assertTrunklineDatabase(path);
  return verifyDatabase(path, onProgress);
}
