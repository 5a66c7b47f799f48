import { type Principal, type Session, TrunklineError } from "@trunkline/contract";
import type { Audit } from "../audit/port.ts";
import { requireCallerStillMay } from "../fairness/caller.ts";
import type { Checkpoints } from "../checkpoints/port.ts";
import type { Announcer } from "../hints/port.ts";
import type { Runner } from "../runner/port.ts";
import { type Store, StoreUnavailableError } from "../store/port.ts";
import { refuseUnpublished, type UnpublishedWorkDeps } from "./unpublished-work.ts";
import { requireSession } from "./ownership.ts";
import { removeFiles } from "./session-files.ts";
import { toSession } from "./session-view.ts";

export interface RemoveSessionDeps {
  store: Store;
  dataDir: string;
  runner: Runner;
  checkpoints: Pick<Checkpoints, "remove">;
  /** Called for what can't be removed now, to try again later. */
  noteLeft?: (sessionId: string) => void;
}

interface DeleteDeps extends RemoveSessionDeps, UnpublishedWorkDeps {
  store: Store;
  announcer: Pick<Announcer, "removed">;
  audit: Audit;
  now: () => number;
  /** This node's id. */
  nodeId: string;
}

/** How long to wait for a task's processes, in ms; they are gone well before. */
const CANCEL_WAIT_MS = 30_000;

/**
 * From the first commit on the session can't be found and takes no tasks. Then running tasks are ended, and rows and
 * files removed; after a crash, or where something keeps them, `AbandonedSessions` completes it.
 */
export async function deleteSession(
  deps: DeleteDeps,
  principal: Principal,
  { sessionId, discardWork = false }: { sessionId: string; discardWork?: boolean },
): Promise<Session> {
  const { store, announcer, audit, now } = deps;
  const session = await requireSession(store, principal, sessionId);
  // A subagent has worked in its parent's workspace, which stays.
  if (!discardWork && session.parent === undefined) await refuseUnpublished(deps, session);
  // Git has read all of its files.
  await requireCallerStillMay();
  const entry = { by: principal, action: "session.delete", target: sessionId, decision: "allowed" } as const;
  try {
    await store.sessions.hide({ id: sessionId, at: now(), hiddenBy: deps.nodeId }, audit.entry(entry));
  } catch (error) {
    // The store may have taken it: then nobody finds the session any more who could try again.
    if (error instanceof StoreUnavailableError) deps.noteLeft?.(sessionId);
    throw error;
  }
  for (const id of [sessionId, ...(await store.sessions.descendantsOf(sessionId))]) {
    announcer.removed(id, principal.userId);
  }
  await removeSession(deps, sessionId, principal.name);
  return toSession(deps.dataDir, session);
}

/** For a session that is hidden, with those of its subagents: ends its tasks, then removes files and rows. Leaves one that can be seen. */
export async function removeSession(deps: RemoveSessionDeps, sessionId: string, by: string): Promise<void> {
  try {
    if (!(await deps.store.sessions.isHidden(sessionId))) return;
    for (const id of await deps.store.sessions.descendantsOf(sessionId)) await removeOne(deps, id, by);
    await removeOne(deps, sessionId, by);
  } catch (error) {
    deps.noteLeft?.(sessionId);
    throw error;
  }
}

/**
 * For a session that was to be filled, and for all that is known never will be: what has ended that is the caller's to tell, and
 * nothing hides it. A store that can't be reached may have taken the last commit: later it tells whether the session can be seen.
 * @param cause what has ended the filling
 */
export async function discardSession(
  deps: RemoveSessionDeps,
  sessionId: string,
  cause: unknown,
): Promise<void> {
  if (cause instanceof StoreUnavailableError && cause.reason === "unavailable") deps.noteLeft?.(sessionId);
  else await removeSession(deps, sessionId, "server").catch(() => undefined);
}

async function removeOne(
  { store, dataDir, runner, checkpoints }: RemoveSessionDeps,
  sessionId: string,
  by: string,
): Promise<void> {
  for (const taskId of await store.tasks.unfinished({ sessionId })) {
    await runner.cancel(taskId, { reason: "session-deleted", by }, CANCEL_WAIT_MS);
  }
  if ((await store.tasks.unfinished({ sessionId })).length > 0) {
    throw new TrunklineError(
      "unavailable",
      `A task of session ${sessionId} does not end; its files are kept until it has`,
    );
  }
  await removeFiles({ dataDir, checkpoints }, sessionId);
  await store.sessions.remove(sessionId);
}
