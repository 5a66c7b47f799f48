import type { Kysely } from "kysely";

/** Approval rules of users. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("rules")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("owner_id", "text", (column) => column.notNull())
    .addColumn("project_id", "text")
    .addColumn("effect", "text", (column) => column.notNull())
    .addColumn("tool", "text")
    .addColumn("pattern", "text")
    .addColumn("path", "text")
    .addColumn("host", "text")
    .addColumn("created_by", "text", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("expires_at", "bigint")
    .execute();
  await db.schema.createIndex("rules_by_owner").on("rules").columns(["owner_id", "id"]).execute();
  await db.schema
    .createIndex("rules_by_project")
    .on("rules")
    .column("project_id")
    .where("project_id" as never, "is not", null)
    .execute();
}
