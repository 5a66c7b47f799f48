import type { Kysely } from "kysely";

/** Which node fills or removes a session that is out of sight: others leave that to it for as long as it lives. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("sessions").addColumn("hidden_by", "text").execute();
}
