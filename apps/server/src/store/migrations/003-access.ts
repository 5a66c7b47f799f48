import { type Kysely, sql, SqliteAdapter } from "kysely";

/** Scopes of tokens, removed users, and the audit trail. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("users").addColumn("removed_at", "bigint").execute();

  // The default is the least.
  await db.schema
    .alterTable("tokens")
    .addColumn("scope", "text", (column) => column.notNull().defaultTo("read"))
    .execute();
  await db.schema.alterTable("tokens").addColumn("parent_id", "text").execute();
  // Until now there was one user, who could do everything.
  await sql`update tokens set scope = 'admin'`.execute(db);
  await db.schema.createIndex("tokens_by_user").on("tokens").columns(["user_id", "id"]).execute();
  await db.schema
    .createIndex("tokens_by_parent")
    .on("tokens")
    .column("parent_id")
    .where(sql.ref("parent_id"), "is not", null)
    .execute();

  await db.schema
    .createTable("audit")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("at", "bigint", (column) => column.notNull())
    .addColumn("user_id", "text")
    .addColumn("user_name", "text")
    .addColumn("token_id", "text")
    .addColumn("action", "text", (column) => column.notNull())
    .addColumn("target", "text")
    .addColumn("decision", "text", (column) => column.notNull())
    .addColumn("detail", "text")
    .addColumn("address", "text")
    .addColumn("count", "bigint", (column) => column.notNull().defaultTo(1))
    .execute();
  await db.schema.createIndex("audit_by_user").on("audit").columns(["user_id", "id"]).execute();
  await db.schema.createIndex("audit_by_action").on("audit").columns(["action", "id"]).execute();

  // The engine itself keeps the trail immutable, whatever the server's code does.
  if (!(db.getExecutor().adapter instanceof SqliteAdapter)) return;
  for (const change of ["update", "delete"]) {
    await sql`create trigger ${sql.raw(`audit_no_${change}`)} before ${sql.raw(change)} on audit
      begin select raise(abort, 'the audit trail is append-only'); end`.execute(db);
  }
}
