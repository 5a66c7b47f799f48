import { rm } from "node:fs/promises";
import type { Principal, Session } from "@trunkline/contract";
import { type Kysely, sql } from "kysely";
import type { Activity } from "../activity/port.ts";
import type { Hub } from "../hub/port.ts";
import type { Runner } from "../runner/port.ts";
import type { Store, Write } from "../store/port.ts";
import type { Database } from "../store/schema.ts";
import { requireSession } from "./ownership.ts";

interface DeleteDeps {
  store: Store;
  runner: Runner;
  hub: Hub;
  activity: Activity;
  now: () => number;
}

/** Rows removed per commit, so that deleting a long log holds up nobody else's commits for long. */
const CHUNK = 2_000;
/** How long to wait for a task's processes, in ms; they are gone well before. */
const CANCEL_WAIT_MS = 30_000;

/**
 * From the first commit on the session is not found and takes no tasks. Then what runs is ended, and rows and files
 * go; a crash on the way is made up for by `finishDeletions` at the next start.
 */
export async function deleteSession(
  deps: DeleteDeps,
  principal: Principal,
  sessionId: string,
): Promise<Session> {
  const { store, hub, activity, now } = deps;
  const session = await requireSession(store.db, principal, sessionId);
  const mark = store.db
    .updateTable("sessions")
    .set({ deleted_at: now() })
    .where("id", "=", sessionId)
    .compile();
  await store.write([mark]);
  hub.end(sessionId);
  activity.removed(sessionId, principal.userId);
  await removeSession(deps, session, principal.name);
  return session;
}

/** Removes what an earlier process had begun to delete. Runs beside everything else; nobody waits for it. */
export async function finishDeletions(deps: DeleteDeps): Promise<void> {
  const sessions = await deps.store.db
    .selectFrom("sessions")
    .select(["id", "workspace"])
    .where("deleted_at", "is not", null)
    .execute();
  for (const session of sessions) await removeSession(deps, session, "server");
}

async function removeSession(
  { store, runner }: DeleteDeps,
  { id, workspace }: { id: string; workspace: string },
  by: string,
): Promise<void> {
  const unfinished = await store.db
    .selectFrom("tasks")
    .select("id")
    .where("session_id", "=", id)
    .where("state", "in", ["submitted", "working", "input-required"])
    .orderBy("pos", "desc")
    .execute();
  for (const task of unfinished) {
    await runner.cancel(task.id, { reason: "session-deleted", by }, CANCEL_WAIT_MS);
  }
  await rm(workspace, { recursive: true, force: true });
  while (await hasEvents(store.db, id)) await store.write([deleteChunk(store.db, id)]);
  await store.write([
    store.db.deleteFrom("tasks").where("session_id", "=", id).compile(),
    store.db.deleteFrom("sessions").where("id", "=", id).compile(),
  ]);
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
