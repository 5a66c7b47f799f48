import { type Kysely, sql } from "kysely";

/** Like SQLite's thirteenth: how much a session's and a task's model is asked to think. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of ["sessions", "tasks"]) {
    await sql.raw(`alter table ${table} add column effort text collate "C"`).execute(db);
  }
}
