import { setTimeout as delay } from "node:timers/promises";
import type { Principal } from "@trunkline/contract";
import type { Audit } from "../audit/port.ts";
import type { Auth } from "../auth/port.ts";
import { requireCallerStillMay } from "../fairness/caller.ts";
import type { Checkpoints } from "../checkpoints/port.ts";
import type { Announcer } from "../hints/port.ts";
import type { Runner } from "../runner/port.ts";
import type { Store } from "../store/port.ts";
import { removeSession } from "./delete-session.ts";
import { refuseUnpublishedOf, type UnpublishedWorkDeps } from "./unpublished-work.ts";

export interface RemoveUserDeps extends UnpublishedWorkDeps {
  store: Store;
  dataDir: string;
  auth: Pick<Auth, "tokensRevoked" | "recordRevocation">;
  audit: Audit;
  runner: Runner;
  /** Called for a session that is hidden and can't be removed now, to try again later. */
  noteLeft?: (sessionId: string) => void;
  checkpoints: Pick<Checkpoints, "remove">;
  announcer: Pick<Announcer, "removed">;
  now: () => number;
  /** This node's id. */
  nodeId: string;
}

/** By then all nodes have rechecked the user's tokens, in ms; until then one of them may have accepted a task. */
const OTHERS_KNOW_MS = 1_000;
/** How long to wait for a task's processes, in ms; they are gone well before. */
const CANCEL_WAIT_MS = 30_000;

/**
 * First nobody can act as the user any more; then their tasks are ended; then, if requested, sessions and the user
 * itself removed. After a crash, repeat the call.
 */
export async function removeUser(
  deps: RemoveUserDeps,
  principal: Principal,
  {
    userId,
    deleteSessions,
    discardWork = false,
  }: { userId: string; deleteSessions: boolean; discardWork?: boolean },
): Promise<void> {
  const { store, auth, audit, now, nodeId } = deps;
  if (deleteSessions && !discardWork) await refuseUnpublishedOf(deps, userId);
  // Git has read all of their sessions' files.
  await requireCallerStillMay();
  const entry = audit.entry({
    by: principal,
    action: "user.remove",
    target: userId,
    decision: "allowed",
    detail: deleteSessions ? "with sessions" : "sessions kept",
  });
  const at = now();
  await auth.recordRevocation({ removedUserId: userId, at });
  await store.users.remove({ id: userId, at, sessionsHiddenBy: deleteSessions ? nodeId : null }, entry);
  auth.tokensRevoked();
  const end = async (): Promise<void> => {
    await cancelTasks(deps, principal.name, userId);
    if (deleteSessions) await removeSessions(deps, principal.name, userId);
  };
  await end();
  if (!store.isExclusive) {
    await delay(OTHERS_KNOW_MS);
    await end();
  }
  await store.rules.deleteOf(userId);
  if (!deleteSessions) return;
  // Shared ones, too: others' sessions keep their files.
  await store.projects.deleteOf(userId, now());
  await store.users.forget(userId);
}

/** Queued ones before the running one, so that none starts. */
async function cancelTasks({ store, runner }: RemoveUserDeps, by: string, userId: string): Promise<void> {
  for (const id of await store.tasks.unfinished({ ownerId: userId })) {
    await runner.cancel(id, { reason: "user-removed", by }, CANCEL_WAIT_MS);
  }
}

async function removeSessions(deps: RemoveUserDeps, by: string, userId: string): Promise<void> {
  for (const id of await deps.store.sessions.idsOf(userId)) {
    deps.announcer.removed(id, userId);
    await removeSession(deps, id, by);
  }
}
