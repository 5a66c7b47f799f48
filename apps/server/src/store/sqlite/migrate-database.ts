import { closeSync, openSync } from "node:fs";
import { Kysely, SqliteAdapter, SqliteDialect } from "kysely";
import { migrateToLatest } from "../migrate.ts";
import { openDatabase } from "./open-database.ts";
import { ensureSearchIndex } from "./search-index.ts";
import { SQLITE_MIGRATIONS } from "./sqlite-migrations.ts";

/**
 * SQLite undoes changes of the schema with their transaction, which Kysely does not make use of: without it, a server that is killed
 * while it upgrades leaves half a migration, which nothing can finish.
 */
export class MigrationDialect extends SqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter();
  }
}

class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** Creates the database, or migrates it to this version. @throws StoreOpenError `too_new`, SqliteError */
export async function migrateDatabase(path: string): Promise<void> {
  // SQLite would make it readable for everybody; -wal and -shm inherit its mode.
  closeSync(openSync(path, "a", 0o600));
  const database = openDatabase(path, "write");
  try {
    // Kysely only closes what it has used; here it is used in any case, and closed once.
    await migrateToLatest(new Kysely({ dialect: new MigrationDialect({ database }) }), SQLITE_MIGRATIONS);
    ensureSearchIndex(database);
  } finally {
    database.close();
  }
}
