import type { Store } from "../store/port.ts";

interface SessionOfOwner {
  sessionId: string;
  ownerId: string;
}

/** @returns null for a session without a project, and for one that is not this owner's. */
export type ProjectIdOf = (session: SessionOfOwner) => Promise<string | null>;

/** Sessions whose project is remembered. */
const MAX_SESSIONS = 10_000;

/** Which project a session works in, asked several times before each step. It never changes, so it is read once. */
export function createProjectIds({ sessions }: Pick<Store, "sessions">): ProjectIdOf {
  const known = new Map<string, { ownerId: string; projectId: string | null }>();
  return async ({ sessionId, ownerId }) => {
    const seen = known.get(sessionId);
    if (seen !== undefined) return seen.ownerId === ownerId ? seen.projectId : null;
    const session = await sessions.find(ownerId, sessionId);
    if (session === undefined) return null;
    if (known.size >= MAX_SESSIONS) known.clear();
    known.set(sessionId, { ownerId, projectId: session.projectId });
    return session.projectId;
  };
}
