import type { Kysely } from "kysely";

/** Devices that get push notifications, the key that these are signed with, and what they have not been told yet. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("push_keys")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("public_key", "text", (column) => column.notNull())
    .addColumn("sealed", "text", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("push_subscriptions")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("user_id", "text", (column) => column.notNull())
    .addColumn("token_id", "text", (column) => column.notNull())
    .addColumn("host", "text", (column) => column.notNull())
    .addColumn("endpoint_hash", "text", (column) => column.notNull().unique())
    .addColumn("sealed", "text", (column) => column.notNull())
    .addColumn("device", "text", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("last_success_at", "bigint")
    .addColumn("last_failure_at", "bigint")
    .addColumn("failure", "text")
    .addColumn("not_before", "bigint")
    .execute();
  await db.schema
    .createIndex("push_subscriptions_by_user")
    .on("push_subscriptions")
    .column("user_id")
    .execute();
  await db.schema
    .createTable("push_deliveries")
    .addColumn("subscription_id", "text", (column) => column.notNull())
    .addColumn("session_id", "text", (column) => column.notNull())
    .addColumn("in_session_id", "text", (column) => column.notNull())
    .addColumn("event_id", "text", (column) => column.notNull())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("at", "bigint", (column) => column.notNull())
    .addColumn("attempts", "integer", (column) => column.notNull())
    .addColumn("due_at", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("push_deliveries_key", ["subscription_id", "session_id"])
    .execute();
  await db.schema.createIndex("push_deliveries_by_time").on("push_deliveries").column("due_at").execute();
  await db.schema
    .createIndex("push_deliveries_by_session")
    .on("push_deliveries")
    .column("session_id")
    .execute();
}
