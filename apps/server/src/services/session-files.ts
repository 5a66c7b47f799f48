import { type Principal, TrunklineError } from "@trunkline/contract";
import type { Checkpoints } from "../checkpoints/port.ts";
import type { Store } from "../store/port.ts";
import { archivedWork } from "../workspaces/port.ts";
import { OwnerSlots } from "./owner-slots.ts";
import { requireSession } from "./ownership.ts";
import { removeDirectory } from "../common/remove-directory.ts";
import { directoriesOf } from "./session-view.ts";

export interface SessionFilesDeps {
  store: Pick<Store, "sessions" | "events">;
  /** With the workspaces. */
  dataDir: string;
  checkpoints: Pick<Checkpoints, "remove">;
}

/** Of one user, on one node: each call starts processes, with a whole sandbox around them. */
const AT_ONCE = 8;

/** Taken by whoever has git look at a session's files outside a task; the user's other calls wait. */
export const fileSlots = new OwnerSlots(AT_ONCE);

/**
 * Does something with a session's files, which other calls may delete or archive meanwhile. What fails by that, in whatever
 * words, is told as of any session that is gone, or is done once more with the work as it is archived. What was written
 * behind a deletion's back goes, too.
 * @throws TrunklineError `not_found`; what `work` throws
 */
export async function withFilesOf<Result>(
  deps: SessionFilesDeps,
  principal: Principal,
  sessionId: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const { store } = deps;
  using _slot = await fileSlots.take(principal.userId);
  const session = await requireSession(store, principal, sessionId);
  try {
    return await work();
  } catch (error) {
    await requireSession(store, principal, sessionId);
    const archived = error instanceof TrunklineError ? null : await archivedWork(store.events, session);
    if (archived === null || archived.seq <= session.lastSeq) throw error;
    return await work();
  } finally {
    if ((await store.sessions.find(principal.userId, sessionId)) === undefined)
      await removeFiles(deps, sessionId);
  }
}

/** All that a session has for itself. */
export async function removeFiles(
  { dataDir, checkpoints }: Pick<SessionFilesDeps, "dataDir" | "checkpoints">,
  sessionId: string,
): Promise<void> {
  for (const directory of directoriesOf(dataDir, sessionId)) await removeDirectory(directory);
  await checkpoints.remove(sessionId);
}
