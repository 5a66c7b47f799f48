import { type Kysely, sql } from "kysely";

/** Like SQLite's ninth: the node that fills or removes a hidden session. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table sessions add column hidden_by text collate "C"`.execute(db);
}
