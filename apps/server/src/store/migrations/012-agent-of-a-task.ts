import type { Kysely } from "kysely";

/** The agent that a task asked for. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("tasks").addColumn("agent", "text").execute();
}
