import { type Kysely, sql } from "kysely";

/** Like SQLite's twenty-first: who removes sessions by policy, and until when the clock is not trusted to do so. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table retention (
      id integer primary key,
      node text collate "C",
      expires_at bigint not null,
      seen_at bigint,
      held_until bigint,
      gap_ms bigint
    )`.execute(db);
}
