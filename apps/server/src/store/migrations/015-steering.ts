import type { Kysely } from "kysely";

/** Which task a queued one is a message for. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("tasks").addColumn("steers", "text").execute();
  await db.schema.alterTable("tasks").addColumn("steer_seq", "bigint").execute();
}
