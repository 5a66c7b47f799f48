import type { Principal, Session } from "@trunkline/contract";
import type { Audit } from "../audit/port.ts";
import type { Announcer } from "../hints/port.ts";
import type { Runner } from "../runner/port.ts";
import type { Store } from "../store/port.ts";
import { removeDirectory } from "./remove-directory.ts";
import { requireSession } from "./ownership.ts";
import { toSession, workspaceDirectory } from "./session-view.ts";

interface DeleteDeps {
  store: Store;
  dataDir: string;
  runner: Runner;
  announcer: Pick<Announcer, "removed">;
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
  const { store, announcer, audit, now } = deps;
  const session = await requireSession(store, principal, sessionId);
  const entry = { by: principal, action: "session.delete", target: sessionId, decision: "allowed" } as const;
  await store.sessions.hide(sessionId, now(), audit.entry(entry));
  announcer.removed(sessionId, principal.userId);
  await removeSession(deps, sessionId, principal.name);
  return toSession(deps.dataDir, session);
}

/**
 * Removes what an earlier process had begun to delete, or to fill. Runs beside everything else; nobody waits for it.
 * @throws AggregateError where some are not gone: their files perhaps cannot be removed. The others are.
 */
export async function finishDeletions(
  deps: Pick<DeleteDeps, "store" | "dataDir" | "runner">,
  sessionIds: readonly string[],
): Promise<void> {
  const errors: unknown[] = [];
  for (const id of sessionIds) {
    try {
      await removeSession(deps, id, "server");
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, `${errors.length} sessions could not be removed`);
}

/** Of a session that is hidden already: ends what runs in it, then files and rows go. */
export async function removeSession(
  { store, dataDir, runner }: Pick<DeleteDeps, "store" | "dataDir" | "runner">,
  sessionId: string,
  by: string,
): Promise<void> {
  for (const taskId of await store.tasks.unfinished({ sessionId })) {
    await runner.cancel(taskId, { reason: "session-deleted", by }, CANCEL_WAIT_MS);
  }
  await removeDirectory(workspaceDirectory(dataDir, sessionId));
  await store.sessions.remove(sessionId);
}
