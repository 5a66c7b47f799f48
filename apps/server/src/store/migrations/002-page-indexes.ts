import { type Kysely, sql } from "kysely";

/**
 * Indexes in the order of the pages, so that a page takes as long with 10,000 sessions as with a few (`pnpm bench
 * scale`).
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Archived and other sessions are two lists, and either may contain nearly all of them. Together they are as large as
  // the index that they replace.
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

  // Sessions being deleted: queried at every start.
  await db.schema
    .createIndex("sessions_hidden")
    .on("sessions")
    .column("id")
    .where(sql.ref("deleted_at"), "is not", null)
    .execute();

  // Tasks of a session, and of an owner by state; newest first.
  await db.schema.createIndex("tasks_of_session").on("tasks").columns(["session_id", "id"]).execute();
  await db.schema
    .createIndex("tasks_by_owner_state")
    .on("tasks")
    .columns(["owner_id", "state", "id"])
    .execute();
}
