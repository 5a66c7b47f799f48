import type { Kysely } from "kysely";

/** Users' own keys for providers of models, encrypted. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("provider_keys")
    .addColumn("user_id", "text", (column) => column.notNull())
    .addColumn("provider", "text", (column) => column.notNull())
    .addColumn("sealed", "text", (column) => column.notNull())
    .addColumn("updated_at", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("provider_keys_key", ["user_id", "provider"])
    .execute();
}
