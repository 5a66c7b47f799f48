import type { Kysely } from "kysely";

/** Of tasks that ended at the same moment, of which a document may have any number, the last of the queue comes first. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropIndex("tasks_ended").execute();
  await db.schema.createIndex("tasks_ended").on("tasks").columns(["session_id", "ended_at", "pos"]).execute();
}
