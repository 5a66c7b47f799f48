import { existsSync } from "node:fs";
import { Kysely, PostgresDialect, SqliteDialect } from "kysely";
import { Pool } from "pg";
import { connectionConfig, NO_LIMITS } from "../postgres/connection-config.ts";
import type { Database } from "../schema.ts";
import { lockDataDir } from "../sqlite/data-dir-lock.ts";
import { databasePath } from "../sqlite/database-path.ts";
import { openDatabase } from "../sqlite/open-database.ts";
import { BackupError } from "../backup/backup-error.ts";
import { requireNoNodes } from "../backup/postgres-tools.ts";
import { type SealedValue, sealedValues } from "./sealed-rows.ts";

export interface SealedStore extends AsyncDisposable {
  values(): AsyncGenerator<SealedValue, void>;
}

/**
 * The encrypted values of a stopped store, which stays stopped until it is disposed of (on PostgreSQL: which is checked at the
 * start alone). @throws BackupError, DataDirLockedError
 */
export async function openSealed(place: {
  dataDir: string;
  databaseUrl: string | undefined;
}): Promise<SealedStore> {
  const { dataDir, databaseUrl } = place;
  if (databaseUrl === undefined) {
    const path = databasePath(dataDir);
    if (!existsSync(path)) throw new BackupError(`There is no database in ${dataDir}`);
    const lock = await lockDataDir(dataDir);
    const db = new Kysely<Database>({
      dialect: new SqliteDialect({ database: openDatabase(path, "write") }),
    });
    return {
      values: () => sealedValues(db),
      async [Symbol.asyncDispose]() {
        await db.destroy();
        lock[Symbol.dispose]();
      },
    };
  }
  await requireNoNodes(databaseUrl);
  const pool = new Pool({ ...connectionConfig(databaseUrl, "rotate-key", NO_LIMITS), max: 1 });
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  return { values: () => sealedValues(db), [Symbol.asyncDispose]: async () => db.destroy() };
}
