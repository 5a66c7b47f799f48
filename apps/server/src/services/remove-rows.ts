import { type Kysely, sql } from "kysely";
import type { Store, Write } from "../store/port.ts";
import type { Database } from "../store/schema.ts";

/** Rows removed per commit, so that deleting a long log holds up nobody else's commits for long. */
const CHUNK = 2_000;

/** Removes a session that is already hidden: its log, its approvals and tasks, and last itself, so that a crash can be made up for. */
export async function removeRows(store: Store, sessionId: string): Promise<void> {
  const options = { mayUseBallast: true };
  while (await hasEvents(store.db, sessionId)) {
    await store.write([deleteChunk(store.db, sessionId)], options);
  }
  await store.write(
    [
      store.db.deleteFrom("approvals").where("session_id", "=", sessionId).compile(),
      store.db.deleteFrom("tasks").where("session_id", "=", sessionId).compile(),
      store.db.deleteFrom("sessions").where("id", "=", sessionId).compile(),
    ],
    options,
  );
}

async function hasEvents(db: Kysely<Database>, sessionId: string): Promise<boolean> {
  const row = await db
    .selectFrom("events")
    .select("seq")
    .where("session_id", "=", sessionId)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

function deleteChunk(db: Kysely<Database>, sessionId: string): Write {
  const { sql: text, parameters } = sql`
    delete from events where session_id = ${sessionId} and seq <= (
      select max(seq) from (
        select seq from events where session_id = ${sessionId} order by seq limit ${sql.lit(CHUNK)}
      ) as oldest
    )`.compile(db);
  return { sql: text, parameters };
}
