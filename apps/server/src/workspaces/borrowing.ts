import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { mirrorPath, type Store, type StoredSession } from "../store/port.ts";
import type { Spawner } from "../tools/port.ts";
import type { LentMirrors } from "./lent-mirrors.ts";
import type { BorrowedBy } from "./port.ts";

/** From the rows alone: what a workspace says that it borrows may be the agent's word. */
export function createBorrowedBy({ sessions }: Pick<Store, "sessions">, sharedDir: string): BorrowedBy {
  return async (sessionId) => {
    const session = await findClone({ sessions }, sessionId);
    return session === null ? [] : objectsOf(join(sharedDir, mirrorPath(session.projectId)));
  };
}

/**
 * Shows what runs in a session's workspace the objects that its clone borrows, without which git finds the repository
 * broken; those of a project that its owner may not use any more as they were then.
 */
export function borrowingSpawner(
  spawner: Spawner,
  {
    store,
    sharedDir,
    lent,
  }: {
    store: Pick<Store, "sessions" | "projects">;
    sharedDir: string;
    lent: Pick<LentMirrors, "directoryOf">;
  },
): Spawner {
  const workspaces = join(sharedDir, "workspaces");
  return {
    ...spawner,
    async spawn(request) {
      if (dirname(request.cwd) !== workspaces) return spawner.spawn(request);
      const session = await findClone(store, basename(request.cwd));
      if (session === null) return spawner.spawn(request);
      const { projectId } = session;
      const mirror = join(sharedDir, mirrorPath(projectId));
      const { readOnly: given = [] } = request;
      const readOnly = [...new Set([...given, ...(await objectsOf(mirror))])];
      const borrowed = readOnly.filter((path) => path === mirror || dirname(path) === mirror);
      if (borrowed.length === 0 || (await mayUse(store, session))) {
        return spawner.spawn({ ...request, readOnly });
      }
      const directory = await lent.directoryOf(projectId);
      const standIns = new Map(borrowed.map((path) => [path, directory + path.slice(mirror.length)]));
      return spawner.spawn({ ...request, readOnly, standIns });
    },
  };
}

type Clone = StoredSession & { projectId: string };

async function findClone({ sessions }: Pick<Store, "sessions">, sessionId: string): Promise<Clone | null> {
  const ownerId = await sessions.ownerOf(sessionId);
  const session = ownerId === undefined ? undefined : await sessions.find(ownerId, sessionId);
  if (session === undefined || session.projectId === null || session.workspaceKind !== "clone") return null;
  return { ...session, projectId: session.projectId };
}

/** Whether what is fetched now is for the session's owner. A deleted project keeps its owner. */
async function mayUse(
  { projects }: Pick<Store, "projects">,
  { projectId, ownerId }: Clone,
): Promise<boolean> {
  const project = await projects.find(projectId);
  if (project !== undefined) return project.ownerId === ownerId || project.shared;
  return (await projects.ownersOf([projectId])).get(projectId) === ownerId;
}

async function objectsOf(mirror: string): Promise<string[]> {
  const objects = join(mirror, "objects");
  return stat(objects).then(
    (found) => (found.isDirectory() ? [objects] : []),
    () => [],
  );
}
