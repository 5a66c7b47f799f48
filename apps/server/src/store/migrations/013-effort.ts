import type { Kysely } from "kysely";

/** How much a session's and a task's model is asked to think. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of ["sessions", "tasks"]) {
    await db.schema.alterTable(table).addColumn("effort", "text").execute();
  }
}
