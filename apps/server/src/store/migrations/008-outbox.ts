import { type Kysely, sql } from "kysely";

/** Entries that consumers have not seen yet, in commit order, and each consumer's cursor. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Ids are never reused, so a cursor stays valid when all earlier rows are gone.
  await db.schema
    .createTable("outbox")
    .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("session_id", "text", (column) => column.notNull())
    .addColumn("seq", "bigint", (column) => column.notNull())
    .addColumn("type", "text", (column) => column.notNull())
    .addColumn("at", "bigint", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("outbox_consumers")
    .addColumn("name", "text", (column) => column.primaryKey())
    .addColumn("cursor", "bigint", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("outbox_wanted")
    .addColumn("type", "text", (column) => column.notNull())
    .addColumn("consumer", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("outbox_wanted_pk", ["type", "consumer"])
    .modifyEnd(sql`without rowid`)
    .execute();
}
