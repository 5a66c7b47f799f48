import type { Kysely } from "kysely";

/** Projects, and which one a session works in. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("projects")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("owner_id", "text", (column) => column.notNull())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("source_kind", "text", (column) => column.notNull())
    .addColumn("source", "text", (column) => column.notNull())
    .addColumn("base_ref", "text")
    .addColumn("setup", "text")
    .addColumn("network", "text", (column) => column.notNull())
    .addColumn("allowed_hosts", "text", (column) => column.notNull())
    .addColumn("environment", "text", (column) => column.notNull())
    .addColumn("instructions", "text")
    .addColumn("shared", "integer", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("updated_at", "bigint", (column) => column.notNull())
    .addColumn("fetched_at", "bigint")
    .addColumn("fetched_commit", "text")
    .addColumn("fetch_error", "text")
    .addColumn("deleted_at", "bigint")
    .execute();
  await db.schema
    .createIndex("projects_by_owner")
    .on("projects")
    .columns(["owner_id", "name"])
    .unique()
    .where("deleted_at" as never, "is", null)
    .execute();
  await db.schema
    .createTable("project_credentials")
    .addColumn("project_id", "text", (column) => column.primaryKey())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("sealed", "text", (column) => column.notNull())
    .addColumn("updated_at", "bigint", (column) => column.notNull())
    .execute();
  for (const column of ["project_id", "base_ref", "branch"]) {
    await db.schema.alterTable("sessions").addColumn(column, "text").execute();
  }
  await db.schema
    .alterTable("sessions")
    .addColumn("workspace_kind", "text", (column) => column.notNull().defaultTo("fresh"))
    .execute();
  await db.schema
    .createIndex("sessions_by_project")
    .on("sessions")
    .column("project_id")
    .where("project_id" as never, "is not", null)
    .execute();
}
