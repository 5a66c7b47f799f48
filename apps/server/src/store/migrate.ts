import type { Kysely } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import * as initial from "./migrations/001-initial.ts";

/** In order of their names; a migration that has landed is never changed. */
const MIGRATIONS: Record<string, Migration> = { "001-initial": initial };

/**
 * Brings the schema up to this version; both engines call it at start.
 * @throws Error naming the migration that failed, or saying that the database is newer than this server.
 */
export async function migrateToLatest<T>(db: Kysely<T>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS } });
  const known = await migrator.getMigrations();
  const { error, results } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const failed = results?.find((result) => result.status === "Error")?.migrationName;
  const detail = error instanceof Error ? error.message : JSON.stringify(error);
  throw new Error(
    failed === undefined
      ? `The database does not fit this version of Trunkline (it knows ${known.length} migrations): ${detail}`
      : `Migration ${failed} failed: ${detail}`,
    { cause: error },
  );
}
