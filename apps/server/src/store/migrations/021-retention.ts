import type { Kysely } from "kysely";

/** Who removes sessions by policy, and until when the clock is not trusted to do so: one row. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("retention")
    .addColumn("id", "integer", (column) => column.primaryKey())
    .addColumn("node", "text")
    .addColumn("expires_at", "bigint", (column) => column.notNull())
    .addColumn("seen_at", "bigint")
    .addColumn("held_until", "bigint")
    .addColumn("gap_ms", "bigint")
    .execute();
}
