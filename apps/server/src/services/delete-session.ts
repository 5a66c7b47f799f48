import { rm } from "node:fs/promises";
import type { Principal, Session } from "@trunkline/contract";
import type { Activity } from "../activity/port.ts";
import type { Audit } from "../audit/port.ts";
import type { Hub } from "../hub/port.ts";
import type { Runner } from "../runner/port.ts";
import type { Store } from "../store/port.ts";
import { requireSession } from "./ownership.ts";
import { removeRows } from "./remove-rows.ts";

interface DeleteDeps {
  store: Store;
  runner: Runner;
  hub: Hub;
  activity: Activity;
  audit: Audit;
  now: () => number;
}

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
  const { store, hub, activity, audit, now } = deps;
  const session = await requireSession(store.db, principal, sessionId);
  const mark = store.db
    .updateTable("sessions")
    .set({ deleted_at: now() })
    .where("id", "=", sessionId)
    .compile();
  const entry = { by: principal, action: "session.delete", target: sessionId, decision: "allowed" } as const;
  await store.write([mark, audit.statement(entry)], { mayUseBallast: true });
  hub.end(sessionId);
  activity.removed(sessionId, principal.userId);
  await removeSession(deps, session, principal.name);
  return session;
}

/** A session that is hidden: what an earlier process left half removed, or half imported or forked. */
export interface HiddenSession {
  id: string;
  workspace: string;
}

/** To be asked before anybody can import or fork: those sessions are hidden too. */
export async function findHiddenSessions({ db }: Store): Promise<HiddenSession[]> {
  return db.selectFrom("sessions").select(["id", "workspace"]).where("deleted_at", "is not", null).execute();
}

/**
 * Removes what an earlier process had begun to delete. Runs beside everything else; nobody waits for it.
 * @throws AggregateError where some are not gone: their files perhaps cannot be removed. The others are.
 */
export async function finishDeletions(
  deps: Pick<DeleteDeps, "store" | "runner">,
  sessions: readonly HiddenSession[],
): Promise<void> {
  const errors: unknown[] = [];
  for (const session of sessions) {
    try {
      await removeSession(deps, session, "server");
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, `${errors.length} sessions could not be removed`);
}

/** Of a session that is hidden already: ends what runs in it, then files and rows go. */
export async function removeSession(
  { store, runner }: Pick<DeleteDeps, "store" | "runner">,
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
  await removeRows(store, id);
}
