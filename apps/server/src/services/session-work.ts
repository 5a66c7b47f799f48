import { type Principal, type Project, type SessionEvent, TrunklineError } from "@trunkline/contract";
import type { SessionWork } from "../publish/port.ts";
import type { Store, StoredSession } from "../store/port.ts";
import { archivedWork } from "../workspaces/port.ts";
import { requireSession } from "./ownership.ts";
import { requireProject } from "./project-access.ts";
import { toSession } from "./session-view.ts";

interface SessionWorkDeps {
  store: Store;
  /** With the workspaces. */
  dataDir: string;
  /** Absolute path of a project's mirror. */
  mirrorOf: (projectId: string) => string;
}

export interface PublishableSession {
  session: StoredSession;
  project: Project;
  work: SessionWork;
  /** Branch, tag or commit that it started from; null: unknown. */
  baseRef: string | null;
}

/** A session whose work can leave it: one that works in a project, and has begun. @throws TrunklineError */
export async function requirePublishable(
  { store, dataDir, mirrorOf }: SessionWorkDeps,
  principal: Principal,
  sessionId: string,
  title?: string,
): Promise<PublishableSession> {
  const session = await requireSession(store, principal, sessionId);
  if (session.workspaceKind === "in-place") {
    throw new TrunklineError(
      "validation_failed",
      "This session works in the project's directory itself, so its changes are there already: commit and push them there",
    );
  }
  if (session.projectId === null || session.workspaceKind === "fresh") {
    throw new TrunklineError(
      "validation_failed",
      `This session works in no project, so there is nothing to publish it to. Download its files: trunkline pull ${sessionId}`,
    );
  }
  const project = await requireProject(store, principal, session.projectId);
  const prepared = await store.events.last(sessionId, ["workspace.prepared"]);
  if (prepared?.data.baseCommit === undefined) {
    throw new TrunklineError(
      "validation_failed",
      "There is nothing to publish: no task of this session has run yet",
    );
  }
  const work: SessionWork = {
    sessionId,
    directory: toSession(dataDir, session).workspace,
    mirror: mirrorOf(project.id),
    baseCommit: prepared.data.baseCommit,
    archived: (await archivedWork(store.events, session))?.data.commit ?? null,
    title: title ?? session.title,
    author: { name: principal.name, email: addressOf(principal.name) },
  };
  return { session, project, work, baseRef: prepared.data.baseRef ?? null };
}

/** Users have no address here; RFC 2606 keeps `.invalid` free, so this is nobody else's. */
function addressOf(name: string): string {
  return `${name.replaceAll(/[^\w.-]+/g, "-")}@users.trunkline.invalid`;
}

/** What the session itself published last: not its parent, and not whoever made the document that it was imported from. */
export async function lastPublished(
  { events }: Store,
  { id, forkedAtSeq, importedSeq }: StoredSession,
): Promise<Extract<SessionEvent, { type: "session.published" }> | null> {
  const last = await events.last(id, ["session.published"]);
  return last === undefined || last.seq <= Math.max(forkedAtSeq ?? 0, importedSeq) ? null : last;
}
