import { type Kysely, sql } from "kysely";

/** SQLite's ninth: which node fills or removes a session that is out of sight. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table sessions add column hidden_by text collate "C"`.execute(db);
}
