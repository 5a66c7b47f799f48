import { type Kysely, sql } from "kysely";
import { RECENT_STEPS, STEP_EVENTS, stepSince } from "../rows/current-step.ts";

/** What tasks that have not ended do, for lists. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("tasks").addColumn("step_json", "text").execute();
  await fillSteps(db);
}

export async function fillSteps(db: Kysely<unknown>): Promise<void> {
  const tasks = await sql<{ id: string; session_id: string }>`
    select id, session_id from tasks where state in ('submitted', 'working', 'input-required')`.execute(db);
  for (const { id, session_id: sessionId } of tasks.rows) {
    const { rows } = await sql<{ type: (typeof STEP_EVENTS)[number]; at: number; data: string }>`
      select type, at, data from events
      where session_id = ${sessionId} and task_id = ${id} and type in (${sql.join(STEP_EVENTS)})
      order by seq desc limit ${sql.lit(RECENT_STEPS + 1)}`.execute(db);
    const step = rows
      .toReversed()
      .reduce<string | null>(
        (before, { type, at, data }) => stepSince(before, type, JSON.parse(data), at),
        null,
      );
    if (step !== null) await sql`update tasks set step_json = ${step} where id = ${id}`.execute(db);
  }
}
