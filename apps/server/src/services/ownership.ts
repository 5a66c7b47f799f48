import { type Principal, TrunklineError } from "@trunkline/contract";
import type { Kysely } from "kysely";
import { perDatabase } from "../store/per-database.ts";
import type { Database, TokensTable, UsersTable } from "../store/schema.ts";
import { selectSessions, toSession } from "./session-query.ts";
import type { TaskRow } from "./task-row.ts";

/**
 * The one place that decides who may see what. Somebody else's session, task or token answers exactly as a missing one
 * does. Which scope a procedure demands is the contract's to say (PROCEDURE_SCOPES).
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
  const { rows } = await db.executeQuery(accessOf(db, [sessionId, principal.userId]));
  const [row] = rows;
  if (row === undefined) throw new TrunklineError("not_found", `There is no session ${sessionId}`);
  return row.last_seq;
}

/** @throws TrunklineError `not_found` */
export async function requireTask(
  db: Kysely<Database>,
  principal: Principal,
  taskId: string,
): Promise<TaskRow> {
  const { rows } = await db.executeQuery(taskOf(db, [taskId, principal.userId]));
  const [row] = rows;
  if (row === undefined) throw new TrunklineError("not_found", `There is no task ${taskId}`);
  return row;
}

function isAdmin({ scopes }: Principal): boolean {
  return scopes.includes("admin");
}

/** For what concerns everybody. @throws TrunklineError `forbidden` */
export function requireAdmin(principal: Principal): void {
  if (!isAdmin(principal)) {
    throw new TrunklineError("forbidden", "That takes a token with the scope 'admin'");
  }
}

/** A user that can sign in: the caller, or, for an admin, anybody. @throws TrunklineError `not_found` */
export async function requireUser(
  db: Kysely<Database>,
  principal: Principal,
  userId: string,
): Promise<UsersTable> {
  const row =
    userId === principal.userId || isAdmin(principal)
      ? await db
          .selectFrom("users")
          .selectAll()
          .where("id", "=", userId)
          .where("removed_at", "is", null)
          .executeTakeFirst()
      : undefined;
  if (row === undefined) throw new TrunklineError("not_found", `There is no user ${userId}`);
  return row;
}

/** A token of the caller's, or, for an admin, anybody's. @throws TrunklineError `not_found` */
export async function requireToken(
  db: Kysely<Database>,
  principal: Principal,
  tokenId: string,
): Promise<TokensTable> {
  let query = db.selectFrom("tokens").selectAll().where("id", "=", tokenId);
  if (!isAdmin(principal)) query = query.where("user_id", "=", principal.userId);
  const row = await query.executeTakeFirst();
  if (row === undefined) throw new TrunklineError("not_found", `There is no token ${tokenId}`);
  return row;
}

const accessOf = perDatabase((db) =>
  db
    .selectFrom("sessions")
    .select("last_seq")
    .where("id", "=", "")
    .where("owner_id", "=", "")
    .where("deleted_at", "is", null)
    .compile(),
);

const taskOf = perDatabase((db) =>
  db.selectFrom("tasks").selectAll().where("id", "=", "").where("owner_id", "=", "").compile(),
);
