import { type Kysely, sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { StoreOpenError } from "./port.ts";

/** An engine's migrations by name, which is their order. Never change one that has landed. */
export type Migrations = Readonly<Record<string, Migration>>;

/** Kysely's own tables. */
const MIGRATION_TABLE = "kysely_migration";

/**
 * Migrates the schema to this version; called by each engine at start.
 * @param schema if the engine has schemas.
 * @throws StoreOpenError `too_new` if a later version has used it, Error naming a failed migration.
 */
export async function migrateToLatest<T>(
  db: Kysely<T>,
  migrations: Migrations,
  schema?: string,
): Promise<void> {
  const unknown = (await appliedMigrations(db, schema)).filter((name) => !Object.hasOwn(migrations, name));
  if (unknown.length > 0) {
    throw new StoreOpenError(
      "too_new",
      `The database was created by a later version of Trunkline (migration ${unknown.join(", ")}): use that version, ` +
        "or restore a backup from before it",
    );
  }
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => migrations },
    // Names are ASCII; the default compares by language, whose tables would stay in memory.
    nameComparator: (a, b) => (a < b ? -1 : 1),
    ...(schema === undefined ? {} : { migrationTableSchema: schema }),
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const failed = results?.find((result) => result.status === "Error")?.migrationName ?? "(before the first)";
  const detail = error instanceof Error ? error.message : JSON.stringify(error);
  throw new Error(`Migration ${failed} failed: ${detail}`, { cause: error });
}

/** @returns the names of applied migrations; none if the database is not, or not yet, Trunkline's. */
export async function appliedMigrations<T>(db: Kysely<T>, schema?: string): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  const isOurs = ({ name, schema: of }: (typeof tables)[number]) =>
    name === MIGRATION_TABLE && (schema === undefined || of === schema);
  if (!tables.some(isOurs)) return [];
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(MIGRATION_TABLE)}`.execute(db);
  return rows.map((row) => row.name);
}
