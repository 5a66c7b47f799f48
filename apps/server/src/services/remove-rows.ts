import { sql } from "kysely";
import type { Store, Write } from "../store/port.ts";
import { logChunks } from "./log-chunks.ts";

/** Tasks removed with one commit. */
const TASKS_AT_ONCE = 500;

const OPTIONS = { mayUseBallast: true };

/** Removes a session that is already hidden: its log, its approvals and tasks, and last itself, so that a crash can be made up for. */
export async function removeRows(store: Store, sessionId: string): Promise<void> {
  const { db } = store;
  for await (const { end } of logChunks(db, sessionId, Number.MAX_SAFE_INTEGER)) {
    const events = db
      .deleteFrom("events")
      .where("session_id", "=", sessionId)
      .where("seq", "<=", end)
      .compile();
    await store.write([events], OPTIONS);
  }
  await store.write([db.deleteFrom("approvals").where("session_id", "=", sessionId).compile()], OPTIONS);
  while (await hasTasks(store, sessionId)) await store.write([removeTasks(store, sessionId)], OPTIONS);
  await store.write([db.deleteFrom("sessions").where("id", "=", sessionId).compile()], OPTIONS);
}

async function hasTasks({ db }: Store, sessionId: string): Promise<boolean> {
  const task = await db
    .selectFrom("tasks")
    .select("id")
    .where("session_id", "=", sessionId)
    .limit(1)
    .executeTakeFirst();
  return task !== undefined;
}

function removeTasks({ db }: Store, sessionId: string): Write {
  const { sql: text, parameters } = sql`
    delete from tasks where id in (
      select id from tasks where session_id = ${sessionId} limit ${sql.lit(TASKS_AT_ONCE)}
    )`.compile(db);
  return { sql: text, parameters };
}
