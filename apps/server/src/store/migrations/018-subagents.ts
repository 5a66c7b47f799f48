import type { Kysely } from "kysely";

/** Sessions that work on behalf of a task, and the tasks that wait for them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const column of ["parent_session_id", "parent_task_id", "root_session_id", "root_task_id"]) {
    await db.schema.alterTable("sessions").addColumn(column, "text").execute();
  }
  await db.schema.alterTable("tasks").addColumn("children_json", "text").execute();
  for (const column of ["parent_session_id", "root_session_id"]) {
    await db.schema
      .createIndex(`sessions_by_${column.replace("_id", "")}`)
      .on("sessions")
      .column(column)
      .where(column as never, "is not", null)
      .execute();
  }
}
