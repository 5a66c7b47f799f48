import { type Kysely, sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import * as initial from "./migrations/001-initial.ts";
import * as pageIndexes from "./migrations/002-page-indexes.ts";
import * as access from "./migrations/003-access.ts";
import * as approvals from "./migrations/004-approvals.ts";
import * as rowsFollowTheLog from "./migrations/005-rows-follow-the-log.ts";
import * as invitations from "./migrations/006-invitations.ts";
import * as blobs from "./migrations/007-blobs.ts";
import { StoreOpenError } from "./port.ts";

/** In order of their names; a migration that has landed is never changed. */
const MIGRATIONS: Record<string, Migration> = {
  "001-initial": initial,
  "002-page-indexes": pageIndexes,
  "003-access": access,
  "004-approvals": approvals,
  "005-rows-follow-the-log": rowsFollowTheLog,
  "006-invitations": invitations,
  "007-blobs": blobs,
};

export function isKnownMigration(name: string): boolean {
  return Object.hasOwn(MIGRATIONS, name);
}

/** Kysely's own. */
const MIGRATION_TABLE = "kysely_migration";

/**
 * Brings the schema up to this version; both engines call it at start.
 * @throws StoreOpenError `too_new` where a later version has been there, Error naming the migration that failed.
 */
export async function migrateToLatest<T>(db: Kysely<T>): Promise<void> {
  const unknown = (await appliedMigrations(db)).filter((name) => !isKnownMigration(name));
  if (unknown.length > 0) {
    throw new StoreOpenError(
      "too_new",
      `The database was made by a later version of Trunkline (migration ${unknown.join(", ")}): use that version, ` +
        "or restore a backup from before it",
    );
  }
  const migrator = new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS } });
  const { error, results } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const failed = results?.find((result) => result.status === "Error")?.migrationName ?? "(before the first)";
  const detail = error instanceof Error ? error.message : JSON.stringify(error);
  throw new Error(`Migration ${failed} failed: ${detail}`, { cause: error });
}

/** @returns their names; none where the database is not, or not yet, one of Trunkline's. */
export async function appliedMigrations<T>(db: Kysely<T>): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === MIGRATION_TABLE)) return [];
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(MIGRATION_TABLE)}`.execute(db);
  return rows.map((row) => row.name);
}
