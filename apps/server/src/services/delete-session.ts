import { type Principal, type Session, TrunklineError } from "@trunkline/contract";
import type { Audit } from "../audit/port.ts";
import { requireCallerStillMay } from "../fairness/caller.ts";
import type { Checkpoints } from "../checkpoints/port.ts";
import type { Announcer } from "../hints/port.ts";
import type { Runner } from "../runner/port.ts";
import type { Store } from "../store/port.ts";
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
  await store.sessions.hide({ id: sessionId, at: now(), hiddenBy: deps.nodeId }, audit.entry(entry));
  for (const id of [sessionId, ...(await store.sessions.descendantsOf(sessionId))]) {
    announcer.removed(id, principal.userId);
  }
  await removeSession(deps, sessionId, principal.name);
  return toSession(deps.dataDir, session);
}

/** For a session that is already hidden, with those of its subagents: ends its tasks, then removes files and rows. */
export async function removeSession(deps: RemoveSessionDeps, sessionId: string, by: string): Promise<void> {
  try {
    for (const id of await deps.store.sessions.descendantsOf(sessionId)) await removeOne(deps, id, by);
    await removeOne(deps, sessionId, by);
  } catch (error) {
    deps.noteLeft?.(sessionId);
    throw error;
  }
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
