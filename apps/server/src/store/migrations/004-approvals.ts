import { type Kysely, sql } from "kysely";

/** Tool calls that need approval; and up to where a session's log was imported. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("approvals")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("session_id", "text", (column) => column.notNull().references("sessions.id"))
    .addColumn("task_id", "text", (column) => column.notNull())
    .addColumn("owner_id", "text", (column) => column.notNull())
    .addColumn("call_id", "text", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("request", "text", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("expires_at", "bigint", (column) => column.notNull())
    .addColumn("answered_by", "text")
    .addColumn("answered_at", "bigint")
    .addColumn("note", "text")
    .execute();
  await db.schema
    .createIndex("approvals_by_session")
    .on("approvals")
    .columns(["session_id", "state", "id"])
    .execute();
  await db.schema
    .createIndex("approvals_open")
    .on("approvals")
    .columns(["owner_id", "id"])
    .where(sql.ref("state"), "=", "open")
    .execute();
  await db.schema
    .createIndex("approvals_expiring")
    .on("approvals")
    .column("expires_at")
    .where(sql.ref("state"), "=", "open")
    .execute();

  await db.schema
    .alterTable("sessions")
    .addColumn("imported_seq", "bigint", (column) => column.notNull().defaultTo(0))
    .execute();
  // Imports did not record it until now. Events of this server's runs have an attempt, imported ones don't.
  await sql`
    update sessions set imported_seq = coalesce((
      select max(seq) from events
      where session_id = sessions.id and type = 'task.started' and attempt is null), 0)`.execute(db);
}
