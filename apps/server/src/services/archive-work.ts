import {
  type ArchivedWork,
  type ArchiveWorkInput,
  type EventBody,
  type EventDataOf,
  type Principal,
  TrunklineError,
} from "@trunkline/contract";
import { requireCallerStillMay } from "../fairness/caller.ts";
import type { Checkpoints } from "../checkpoints/port.ts";
import { GuardFailedError, type Store, type StoredSession } from "../store/port.ts";
import { archivedWork, filesOf, type Workspaces } from "../workspaces/port.ts";
import { inTurn } from "./in-turn.ts";
import { requireSession, unlessGone } from "./ownership.ts";
import type { PublishDeps } from "./publish-session.ts";
import { requirePublishable } from "./session-work.ts";
import { refuseUnarchived, type UnpublishedWorkDeps } from "./unpublished-work.ts";

export interface ArchiveDeps
  extends
    Omit<PublishDeps, "openRemote" | "findDirectory" | "checkpoints">,
    Pick<UnpublishedWorkDeps, "findUnpublishedWork"> {
  workspaces: Pick<Workspaces, "release" | "restore">;
  checkpoints: Pick<Checkpoints, "settle">;
  /** With the workspaces. */
  dataDir: string;
  /** Absolute path of a project's mirror. */
  mirrorOf: (projectId: string) => string;
}

/** One call at a time: another would take along what is left of the files while they are removed. */
export async function archiveWork(
  deps: ArchiveDeps,
  principal: Principal,
  input: ArchiveWorkInput,
): Promise<ArchivedWork> {
  return inTurn(deps.store, filesOf(input.sessionId), async () => archiveInTurn(deps, principal, input));
}

/**
 * First a last checkpoint and the branch, each on the disk; then the event, only if nothing runs; then the workspace goes. Killed
 * in between, the next call goes on from there, and the next task finds the one or the other whole.
 */
async function archiveInTurn(
  deps: ArchiveDeps,
  principal: Principal,
  { sessionId, discardWork = false }: ArchiveWorkInput,
): Promise<ArchivedWork> {
  const { store, publisher, workspaces, signal } = deps;
  const { session, work } = await requirePublishable(deps, principal, sessionId);
  const { ownerId, importedSeq } = session;
  const known = await archivedWork(store.events, session);
  if (known !== null) {
    await workspaces.release({ sessionId, ownerId });
    return toWork(sessionId, known.data);
  }
  await requireIdle(store, session);
  await deps.checkpoints.settle({ sessionId, ownerId, importedSeq, workspace: work.directory });
  const branch = publisher.branchName(session.branch ?? `trunkline/${sessionId.slice(-6)}`);
  const commit = await publisher.toArchive(work, branch, signal);
  if (!discardWork) await refuseUnarchived(deps, session, commit);
  const data = { branch, commit, baseCommit: work.baseCommit, by: principal.name };
  await append(deps, principal, session, "archive", [{ type: "workspace.archived", data }]);
  await workspaces.release({ sessionId, ownerId });
  return toWork(sessionId, data);
}

/** Brings it back, if it is archived. */
export async function restoreWork(
  deps: Pick<ArchiveDeps, "store" | "log" | "audit"> & { workspaces: Pick<Workspaces, "restore"> },
  principal: Principal,
  session: StoredSession,
  signal = new AbortController().signal,
): Promise<void> {
  const { id: sessionId, ownerId } = session;
  await deps.workspaces.restore({
    sessionId,
    ownerId,
    signal,
    record: async (events) => append(deps, principal, session, "restore", events),
  });
}

/** @throws TrunklineError `workspace_archived` where there are no files to look at, or to change */
export async function requireWorkspace(
  { events }: Pick<Store, "events">,
  session: StoredSession,
): Promise<void> {
  if (session.projectId === null || (await archivedWork(events, session)) === null) return;
  throw new TrunklineError(
    "workspace_archived",
    "This session's work is archived, so it has no files now. Restore it first: trunkline archive --undo " +
      `${session.id}, or run a task`,
  );
}

async function append(
  { store, log, audit }: Pick<ArchiveDeps, "store" | "log" | "audit">,
  principal: Principal,
  session: StoredSession,
  what: "archive" | "restore",
  events: readonly EventBody[],
): Promise<void> {
  // It has waited for its turn, and for git.
  await requireCallerStillMay();
  const entry = audit.entry({
    by: principal,
    action: `session.${what}Work`,
    target: session.id,
    decision: "allowed",
  });
  try {
    await log.append(
      session.id,
      events.map((event) => ({ taskId: null, ...event })),
      { expect: { ownerId: session.ownerId, notBusy: true }, audit: entry },
    );
  } catch (error) {
    // Deleted, or no longer idle.
    await requireSession(store, principal, session.id);
    throw error instanceof GuardFailedError ? busy() : unlessGone(error, session.id);
  }
}

/** Subagents work in this workspace as well. */
async function requireIdle({ tasks, sessions }: Store, { id }: StoredSession): Promise<void> {
  for (const sessionId of [id, ...(await sessions.descendantsOf(id))]) {
    if ((await tasks.unfinished({ sessionId })).length > 0) throw busy();
  }
}

function busy(): TrunklineError {
  return new TrunklineError(
    "session_busy",
    "The session or one of its subagents has an unfinished task; wait for it, or cancel it, then try again",
  );
}

function toWork(
  sessionId: string,
  { branch, commit, baseCommit }: EventDataOf<"workspace.archived">,
): ArchivedWork {
  const patch = commit === baseCommit ? null : `/api/sessions/${sessionId}/patch`;
  return { branch, commit, baseCommit, patch };
}
