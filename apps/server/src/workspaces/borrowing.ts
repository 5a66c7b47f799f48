import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { mirrorPath, type Store } from "../store/port.ts";
import type { Spawner } from "../tools/port.ts";
import type { BorrowedBy } from "./port.ts";

/** From the rows alone: what a workspace says that it borrows may be the agent's word. */
export function createBorrowedBy({ sessions }: Pick<Store, "sessions">, sharedDir: string): BorrowedBy {
  return async (sessionId) => {
    const ownerId = await sessions.ownerOf(sessionId);
    const session = ownerId === undefined ? undefined : await sessions.find(ownerId, sessionId);
    if (session === undefined || session.projectId === null || session.workspaceKind !== "clone") return [];
    const objects = join(sharedDir, mirrorPath(session.projectId), "objects");
    return (await isDirectory(objects)) ? [objects] : [];
  };
}

/**
 * Shows what runs in a session's workspace the objects that its clone borrows, without which git finds the repository
 * broken.
 */
export function borrowingSpawner(spawner: Spawner, sharedDir: string, borrowedBy: BorrowedBy): Spawner {
  const workspaces = join(sharedDir, "workspaces");
  return {
    ...spawner,
    async spawn(request) {
      if (dirname(request.cwd) !== workspaces) return spawner.spawn(request);
      const { readOnly = [] } = request;
      const borrowed = (await borrowedBy(basename(request.cwd))).filter((path) => !readOnly.includes(path));
      return spawner.spawn({ ...request, readOnly: [...readOnly, ...borrowed] });
    },
  };
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
