import type { Principal } from "@trunkline/contract";
import type { Activity } from "../activity/port.ts";
import type { Audit } from "../audit/port.ts";
import type { Auth } from "../auth/port.ts";
import type { Hub } from "../hub/port.ts";
import type { Runner } from "../runner/port.ts";
import type { Store } from "../store/port.ts";
import { removeSession } from "./delete-session.ts";

export interface RemoveUserDeps {
  store: Store;
  auth: Pick<Auth, "tokensRevoked">;
  audit: Audit;
  runner: Runner;
  hub: Hub;
  activity: Activity;
  now: () => number;
}

/** How long to wait for a task's processes, in ms; they are gone well before. */
const CANCEL_WAIT_MS = 30_000;

/**
 * First nobody can act as the user any more; then what they had running is ended; then, where they are to go, sessions
 * and the user itself. A crash on the way is made up for by asking again.
 */
export async function removeUser(
  deps: RemoveUserDeps,
  principal: Principal,
  { userId, deleteSessions }: { userId: string; deleteSessions: boolean },
): Promise<void> {
  const { store, auth, audit, now } = deps;
  const { db } = store;
  const removedAt = now();
  const entry = audit.statement({
    by: principal,
    action: "user.remove",
    target: userId,
    decision: "allowed",
    detail: deleteSessions ? "with sessions" : "sessions kept",
  });
  const hide = db
    .updateTable("sessions")
    .set({ deleted_at: removedAt })
    .where("owner_id", "=", userId)
    .where("deleted_at", "is", null);
  const writes = [
    db
      .updateTable("users")
      .set({ removed_at: removedAt })
      .where("id", "=", userId)
      .where("removed_at", "is", null)
      .compile(),
    db
      .updateTable("tokens")
      .set({ revoked_at: removedAt })
      .where("user_id", "=", userId)
      .where("revoked_at", "is", null)
      .compile(),
    ...(deleteSessions ? [hide.compile()] : []),
    entry,
  ];
  await store.write(writes, { mayUseBallast: true });
  auth.tokensRevoked();
  await cancelTasks(deps, principal.name, userId);
  if (!deleteSessions) return;
  await removeSessions(deps, principal.name, userId);
  await store.write(
    [
      db.deleteFrom("tokens").where("user_id", "=", userId).compile(),
      db.deleteFrom("users").where("id", "=", userId).compile(),
    ],
    { mayUseBallast: true },
  );
}

async function cancelTasks({ store, runner }: RemoveUserDeps, by: string, userId: string): Promise<void> {
  const unfinished = await store.db
    .selectFrom("tasks")
    .select("id")
    .where("owner_id", "=", userId)
    .where("state", "in", ["submitted", "working", "input-required"])
    // Those that wait before those that work, so that none of them begins.
    .orderBy("id", "desc")
    .execute();
  for (const { id } of unfinished) {
    await runner.cancel(id, { reason: "user-removed", by }, CANCEL_WAIT_MS);
  }
}

async function removeSessions(deps: RemoveUserDeps, by: string, userId: string): Promise<void> {
  const sessions = await deps.store.db
    .selectFrom("sessions")
    .select(["id", "workspace"])
    .where("owner_id", "=", userId)
    .execute();
  for (const session of sessions) {
    deps.hub.end(session.id);
    deps.activity.removed(session.id, userId);
    await removeSession(deps, session, by);
  }
}
