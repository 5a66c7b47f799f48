import { closeSync, openSync } from "node:fs";
import { Kysely, SqliteDialect } from "kysely";
import { migrateToLatest } from "../migrate.ts";
import { openDatabase } from "./open-database.ts";
import { ensureSearchIndex } from "./search-index.ts";
import { SQLITE_MIGRATIONS } from "./sqlite-migrations.ts";

/** Creates the database, or migrates it to this version. @throws StoreOpenError `too_new`, SqliteError */
export async function migrateDatabase(path: string): Promise<void> {
  // SQLite would make it readable for everybody; -wal and -shm inherit its mode.
  closeSync(openSync(path, "a", 0o600));
  const database = openDatabase(path, "write");
  try {
    // Kysely only closes what it has used; here it is used in any case, and closed once.
    await migrateToLatest(new Kysely({ dialect: new SqliteDialect({ database }) }), SQLITE_MIGRATIONS);
    ensureSearchIndex(database);
  } finally {
    database.close();
  }
}
