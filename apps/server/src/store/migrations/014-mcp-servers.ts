import type { Kysely } from "kysely";

/** MCP servers of users and projects, and what users authorized them to. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("mcp_servers")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("owner_id", "text", (column) => column.notNull())
    .addColumn("project_id", "text")
    .addColumn("place", "text", (column) => column.notNull())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("transport", "text", (column) => column.notNull())
    .addColumn("settings", "text", (column) => column.notNull())
    .addColumn("sealed", "text")
    .addColumn("revision", "integer", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("updated_at", "bigint", (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex("mcp_servers_by_place")
    .on("mcp_servers")
    .columns(["place", "name"])
    .unique()
    .execute();
  await db.schema
    .createTable("mcp_authorizations")
    .addColumn("server_id", "text", (column) => column.notNull())
    .addColumn("user_id", "text", (column) => column.notNull())
    .addColumn("sealed", "text")
    .addColumn("authorized_at", "bigint")
    .addColumn("pending", "text")
    .addColumn("pending_hash", "text")
    .addColumn("pending_until", "bigint")
    .addColumn("refreshing_until", "bigint")
    .addPrimaryKeyConstraint("mcp_authorizations_key", ["server_id", "user_id"])
    .execute();
}
