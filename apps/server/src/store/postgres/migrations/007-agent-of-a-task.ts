import { type Kysely, sql } from "kysely";

/** Like SQLite's twelfth: the agent that a task asked for. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table tasks add column agent text collate "C"`.execute(db);
}
