import { type Kysely, sql } from "kysely";

/**
 * Indexes that give a page of a list in its own order, so that it takes as long in a store of 10,000 sessions as in a
 * small one (`pnpm bench scale`).
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  // The archived and the others are two lists, and either may be nearly all of the sessions. Together they are as large
  // as the one index that they replace.
  for (const [name, archived] of [
    ["sessions_listed", "is"],
    ["sessions_archived", "is not"],
  ] as const) {
    await db.schema
      .createIndex(name)
      .on("sessions")
      .columns(["owner_id", "updated_at", "id"])
      .where(sql.ref("archived_at"), archived, null)
      .execute();
  }
  await db.schema.dropIndex("sessions_by_owner").execute();

  // What is being removed: asked for at every start.
  await db.schema
    .createIndex("sessions_hidden")
    .on("sessions")
    .column("id")
    .where(sql.ref("deleted_at"), "is not", null)
    .execute();

  // The tasks of a session, and of an owner by state; the newest first.
  await db.schema.createIndex("tasks_of_session").on("tasks").columns(["session_id", "id"]).execute();
  await db.schema
    .createIndex("tasks_by_owner_state")
    .on("tasks")
    .columns(["owner_id", "state", "id"])
    .execute();
}
