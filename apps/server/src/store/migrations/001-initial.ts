import { type Kysely, sql, SqliteAdapter } from "kysely";

/**
 * For both engines: `bigint` is an integer in SQLite and holds milliseconds in PostgreSQL; text ids sort the same in
 * both because UUIDs are lower-case hex.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("users")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("name", "text", (column) => column.notNull().unique())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .execute();

  await db.schema
    .createTable("tokens")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("user_id", "text", (column) => column.notNull().references("users.id"))
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("hash", "text", (column) => column.notNull().unique())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("expires_at", "bigint")
    .addColumn("last_used_at", "bigint")
    .addColumn("revoked_at", "bigint")
    .execute();

  await db.schema
    .createTable("sessions")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("owner_id", "text", (column) => column.notNull())
    .addColumn("title", "text", (column) => column.notNull())
    .addColumn("agent", "text", (column) => column.notNull())
    .addColumn("model", "text")
    .addColumn("workspace", "text", (column) => column.notNull())
    .addColumn("parent_id", "text")
    .addColumn("forked_at_seq", "bigint")
    .addColumn("last_seq", "bigint", (column) => column.notNull().defaultTo(0))
    .addColumn("next_pos", "bigint", (column) => column.notNull().defaultTo(1))
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("updated_at", "bigint", (column) => column.notNull())
    .addColumn("archived_at", "bigint")
    .addColumn("import_key", "text")
    .addColumn("deleted_at", "bigint")
    .execute();
  await db.schema
    .createIndex("sessions_by_owner")
    .on("sessions")
    .columns(["owner_id", "updated_at", "id"])
    .execute();

  await db.schema
    .createIndex("sessions_import")
    .unique()
    .on("sessions")
    .columns(["owner_id", "import_key"])
    .where(sql.ref("import_key"), "is not", null)
    .execute();

  await db.schema
    .createTable("tasks")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("session_id", "text", (column) => column.notNull().references("sessions.id"))
    .addColumn("owner_id", "text", (column) => column.notNull())
    .addColumn("pos", "bigint", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("reason", "text")
    .addColumn("prompt", "text", (column) => column.notNull())
    .addColumn("model", "text")
    .addColumn("budget_json", "text")
    .addColumn("attempt", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("crashes", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("node", "text")
    .addColumn("cancel_requested_at", "bigint")
    .addColumn("idempotency_key", "text")
    .addColumn("request_hash", "text")
    .addColumn("usage_json", "text")
    .addColumn("result", "text")
    .addColumn("error_code", "text")
    .addColumn("error_message", "text")
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("started_at", "bigint")
    .addColumn("ended_at", "bigint")
    .execute();
  // A session's queue and active task.
  await db.schema
    .createIndex("tasks_by_session")
    .on("tasks")
    .columns(["session_id", "state", "pos"])
    .execute();
  await db.schema.createIndex("tasks_ended").on("tasks").columns(["session_id", "ended_at"]).execute();
  await db.schema.createIndex("tasks_by_owner").on("tasks").columns(["owner_id", "id"]).execute();
  // One active task per session, whatever a dispatcher does.
  await db.schema
    .createIndex("tasks_one_active")
    .unique()
    .on("tasks")
    .column("session_id")
    .where(sql.ref("state"), "in", ["working", "input-required"])
    .execute();
  await db.schema
    .createIndex("tasks_unfinished")
    .on("tasks")
    .columns(["state", "session_id"])
    .where(sql.ref("state"), "in", ["submitted", "working", "input-required"])
    .execute();
  await db.schema
    .createIndex("tasks_idempotency")
    .unique()
    .on("tasks")
    .columns(["owner_id", "idempotency_key"])
    .where(sql.ref("idempotency_key"), "is not", null)
    .execute();

  const events = db.schema
    .createTable("events")
    .addColumn("session_id", "text", (column) => column.notNull())
    .addColumn("seq", "bigint", (column) => column.notNull())
    .addColumn("task_id", "text")
    .addColumn("attempt", "integer")
    .addColumn("type", "text", (column) => column.notNull())
    .addColumn("block_id", "text")
    .addColumn("at", "bigint", (column) => column.notNull())
    .addColumn("data", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("events_pk", ["session_id", "seq"]);
  // SQLite then keeps the rows in the key's own tree: an append writes one page instead of two, and the events of a
  // session lie side by side (https://sqlite.org/withoutrowid.html).
  const isSqlite = db.getExecutor().adapter instanceof SqliteAdapter;
  await (isSqlite ? events.modifyEnd(sql`without rowid`) : events).execute();
}
