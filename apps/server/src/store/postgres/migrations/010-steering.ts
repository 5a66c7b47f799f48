import { type Kysely, sql } from "kysely";

/** Like SQLite's fifteenth: which task a queued one is a message for. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table tasks add column steers text collate "C", add column steer_seq bigint`.execute(db);
}
