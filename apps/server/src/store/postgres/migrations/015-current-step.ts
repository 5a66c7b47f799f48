import { type Kysely, sql } from "kysely";
import { fillSteps } from "../../migrations/020-current-step.ts";

/** Like SQLite's twentieth: what tasks that have not ended do. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table tasks add column step_json text collate "C"`.execute(db);
  await fillSteps(db);
}
