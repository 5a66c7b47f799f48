import { existsSync } from "node:fs";
import { Kysely, SqliteDialect } from "kysely";
import { appliedMigrations } from "../migrate.ts";
import { databasePath } from "../sqlite/database-path.ts";
import { openDatabase } from "../sqlite/open-database.ts";
import { SQLITE_MIGRATIONS } from "../sqlite/sqlite-migrations.ts";

/** How far a database's tables are, compared with this version's. */
export interface StoreVersion {
  /** Migrations of later versions, which this one can't read. */
  later: readonly string[];
  /** Those that the next start will run. */
  pending: readonly string[];
}

/** Reads alone; the server may run. @returns null if the data directory has no database yet. */
export async function readStoreVersion(dataDir: string): Promise<StoreVersion | null> {
  const path = databasePath(dataDir);
  if (!existsSync(path)) return null;
  const database = openDatabase(path, "read");
  try {
    const applied = await appliedMigrations(new Kysely({ dialect: new SqliteDialect({ database }) }));
    return {
      later: applied.filter((name) => !Object.hasOwn(SQLITE_MIGRATIONS, name)),
      pending: Object.keys(SQLITE_MIGRATIONS).filter((name) => !applied.includes(name)),
    };
  } finally {
    database.close();
  }
}
