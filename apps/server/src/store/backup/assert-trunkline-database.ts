import { Kysely, SqliteDialect } from "kysely";
import { appliedMigrations } from "../migrate.ts";
import { openDatabase } from "../sqlite/open-database.ts";
import { SQLITE_MIGRATIONS } from "../sqlite/sqlite-migrations.ts";
import { BackupError } from "./backup-error.ts";

/** @throws BackupError for a foreign database, or one of a later version. */
export async function assertTrunklineDatabase(path: string): Promise<void> {
  const database = openDatabase(path, "read");
  try {
    const applied = await appliedMigrations(new Kysely({ dialect: new SqliteDialect({ database }) }));
    if (applied.length === 0) throw new BackupError("It is a database, but not one of Trunkline");
    const unknown = applied.filter((name) => !Object.hasOwn(SQLITE_MIGRATIONS, name));
    if (unknown.length > 0) {
      throw new BackupError(
        `It was created by a later version of Trunkline (migration ${unknown.join(", ")}): restore it with that version`,
      );
    }
  } finally {
    database.close();
  }
}
