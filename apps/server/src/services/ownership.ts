import { type Principal, TrunklineError, type User } from "@trunkline/contract";
import {
  GuardFailedError,
  type Store,
  type StoredSession,
  type StoredTask,
  type StoredToken,
} from "../store/port.ts";

/**
 * The one place that decides who may see what. Somebody else's session, task or token answers exactly as a missing one
 * does. Which scope a procedure demands is the contract's to say (PROCEDURE_SCOPES).
 */

/** @throws TrunklineError `not_found` */
export async function requireSession(
  { sessions }: Pick<Store, "sessions">,
  principal: Principal,
  sessionId: string,
): Promise<StoredSession> {
  const session = await sessions.find(principal.userId, sessionId);
  if (session === undefined) throw noSession(sessionId);
  return session;
}

/** The cheap form, for what needs no status. @returns the seq of the session's newest event. @throws `not_found` */
export async function requireSessionAccess(
  { sessions }: Store,
  principal: Principal,
  sessionId: string,
): Promise<number> {
  const lastSeq = await sessions.lastSeq(principal.userId, sessionId);
  if (lastSeq === undefined) throw noSession(sessionId);
  return lastSeq;
}

/** @throws TrunklineError `not_found` */
export async function requireTask(
  { tasks }: Store,
  principal: Principal,
  taskId: string,
): Promise<StoredTask> {
  const task = await tasks.find(principal.userId, taskId);
  if (task === undefined) throw new TrunklineError("not_found", `There is no task ${taskId}`);
  return task;
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
export async function requireUser({ users }: Store, principal: Principal, userId: string): Promise<User> {
  const mayAsk = userId === principal.userId || isAdmin(principal);
  const user = mayAsk ? await users.find(userId) : undefined;
  if (user === undefined || user.removedAt !== null) {
    throw new TrunklineError("not_found", `There is no user ${userId}`);
  }
  return user;
}

/** A token of the caller's, or, for an admin, anybody's. @throws TrunklineError `not_found` */
export async function requireToken(
  { tokens }: Store,
  principal: Principal,
  tokenId: string,
): Promise<StoredToken> {
  const token = await tokens.find(tokenId);
  if (token === undefined || (token.userId !== principal.userId && !isAdmin(principal)))
    throw noToken(tokenId);
  return token;
}

export function noSession(sessionId: string): TrunklineError {
  return new TrunklineError("not_found", `There is no session ${sessionId}`);
}

/**
 * What an append says of a session that was deleted since it was looked up.
 * @returns `not_found` in its place; the error itself where it is another.
 */
export function unlessGone(error: unknown, sessionId: string): unknown {
  return error instanceof GuardFailedError && error.guard === "session" ? noSession(sessionId) : error;
}

export function noToken(tokenId: string): TrunklineError {
  return new TrunklineError("not_found", `There is no token ${tokenId}`);
}
