import { type Principal, TrunklineError } from "@trunkline/contract";
import type { Kysely } from "kysely";
import type { Database } from "../store/schema.ts";
import { selectSessions, toSession } from "./session-query.ts";
import type { TaskRow } from "./task-row.ts";

/**
 * The one place that decides who may see what. Somebody else's session or task answers exactly as a missing one does.
 */

/** @throws TrunklineError `not_found` */
export async function requireSession(db: Kysely<Database>, principal: Principal, sessionId: string) {
  const row = await selectSessions(db)
    .where("s.id", "=", sessionId)
    .where("s.owner_id", "=", principal.userId)
    .executeTakeFirst();
  if (row === undefined) throw new TrunklineError("not_found", `There is no session ${sessionId}`);
  return toSession(row);
}

/** The cheap form, for what needs no status. @returns the seq of the session's newest event. @throws `not_found` */
export async function requireSessionAccess(
  db: Kysely<Database>,
  principal: Principal,
  sessionId: string,
): Promise<number> {
  const row = await db
    .selectFrom("sessions")
    .select("last_seq")
    .where("id", "=", sessionId)
    .where("owner_id", "=", principal.userId)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  if (row === undefined) throw new TrunklineError("not_found", `There is no session ${sessionId}`);
  return row.last_seq;
}

/** @throws TrunklineError `not_found` */
export async function requireTask(
  db: Kysely<Database>,
  principal: Principal,
  taskId: string,
): Promise<TaskRow> {
  const row = await db
    .selectFrom("tasks")
    .selectAll()
    .where("id", "=", taskId)
    .where("owner_id", "=", principal.userId)
    .executeTakeFirst();
  if (row === undefined) throw new TrunklineError("not_found", `There is no task ${taskId}`);
  return row;
}
