import { type ForkSessionInput, type Principal, type Session, TrunklineError } from "@trunkline/contract";
import { v7 as uuidv7 } from "uuid";
import type { Audit } from "../audit/port.ts";
import { requireCallerStillMay } from "../fairness/caller.ts";
import type { Checkpoints } from "../checkpoints/port.ts";
import type { Log } from "../log/port.ts";
import { GuardFailedError, type Store, type StoredSession } from "../store/port.ts";
import { restoreWork } from "./archive-work.ts";
import { archivedWork, filesOf, type Workspaces } from "../workspaces/port.ts";
import { discardSession, type RemoveSessionDeps } from "./delete-session.ts";
import { inTurn } from "./in-turn.ts";
import { branchName } from "./new-session.ts";
import { requireSession } from "./ownership.ts";
import { toSession, workspaceDirectory } from "./session-view.ts";
import { unfinishedIn } from "./unfinished.ts";

interface ForkDeps extends RemoveSessionDeps {
  log: Log;
  audit: Audit;
  checkpoints: Pick<Checkpoints, "fork" | "remove">;
  /** Absent: no session works in a project. */
  workspaces?: Pick<Workspaces, "restore">;
  /** Throws where this user's may take no more of the disk. */
  requireRoom: (userId: string) => void;
  now: () => number;
  /** This node's id. */
  nodeId: string;
}

/**
 * A fork is a log that starts as a prefix of its parent's: same events, same seqs. What the prefix leaves unfinished is
 * closed as canceled, because the run belongs to the parent. Tasks stay the parent's, too, so no usage counts twice. The files are those of the event, from its checkpoint; without one they are as they are now.
 *
 * It is filled while hidden, like an import, and made visible by the last commit: a long log takes many.
 */
export async function forkSession(
  deps: ForkDeps,
  principal: Principal,
  input: ForkSessionInput,
): Promise<Session> {
  const { store, log, audit, dataDir } = deps;
  const parent = await requireSession(store, principal, input.sessionId);
  const atSeq = input.atSeq ?? parent.lastSeq;
  if (atSeq > parent.lastSeq) {
    throw new TrunklineError(
      "cursor_invalid",
      `atSeq ${atSeq} is past the end of the session (${parent.lastSeq})`,
    );
  }
  deps.requireRoom(principal.userId);
  const id = uuidv7();
  const now = deps.now();
  const workspace = workspaceDirectory(dataDir, id);
  // Before copying: a block that ends meanwhile takes its pieces with it.
  const closing = await unfinishedIn(store, parent.id, atSeq, now, "fork");
  await store.sessions.begin({
    id,
    ownerId: principal.userId,
    lastSeq: atSeq,
    at: now,
    hiddenBy: deps.nodeId,
  });
  try {
    await copyFiles(deps, principal, parent, { sessionId: id, workspace, atSeq });
    await store.sessions.copyLog(parent.id, id, atSeq);
    const { model, effort, agent, importedSeq } = parent;
    // Ignored files, and those without a checkpoint, are as they are now, whatever the log said then.
    const readsUntrusted = (await hasReadUntrusted(store, parent.id, atSeq))
      ? { readsUntrusted: true as const }
      : {};
    const forked = {
      parentId: parent.id,
      atSeq,
      title: input.title ?? parent.title,
      model,
      ...(effort !== null && { effort }),
      agent,
      importedSeq,
    };
    const data = { ...forked, ...chosenBy(parent, id), ...readsUntrusted };
    // Copying a long log, or many files, takes minutes.
    await requireCallerStillMay();
    await log.append(id, [...closing.events, { taskId: null, type: "session.forked", data }], {
      endedBlocks: closing.endedBlocks,
      // Refused if the parent is being removed, perhaps before all of its log was copied.
      expect: { sessionId: parent.id },
      ownerId: principal.userId,
      reveals: true,
      audit: audit.entry({
        by: principal,
        action: "session.fork",
        target: id,
        decision: "allowed",
        detail: parent.id,
      }),
    });
  } catch (error) {
    await discardSession(deps, id, error);
    if (!(error instanceof GuardFailedError)) throw error;
    throw new TrunklineError("not_found", `Session ${parent.id} was deleted while it was being forked`, {
      cause: error,
    });
  }
  return toSession(dataDir, await requireSession(store, principal, id));
}

/** While they are there: they are brought back where they are archived, and are not archived meanwhile. */
async function copyFiles(
  deps: ForkDeps,
  principal: Principal,
  parent: StoredSession,
  fork: { sessionId: string; workspace: string; atSeq: number },
): Promise<void> {
  const { store, checkpoints, workspaces, dataDir } = deps;
  const { id: sessionId, ownerId, importedSeq } = parent;
  const files = { sessionId, ownerId, importedSeq, workspace: toSession(dataDir, parent).workspace };
  for (let isCopied = false; !isCopied;) {
    if (workspaces !== undefined) await restoreWork({ ...deps, workspaces }, principal, parent);
    isCopied = await inTurn(store, filesOf(sessionId), async () => {
      const isThere = workspaces === undefined || (await archivedWork(store.events, parent)) === null;
      if (isThere) await checkpoints.fork(files, fork);
      return isThere;
    });
  }
}

/**
 * A fork works in the same project, on a branch of its own. One of a session that works in place has the files to itself:
 * two sessions in one directory would work against each other.
 */
function chosenBy({ projectId, baseRef, workspaceKind, branch, title }: Session, id: string) {
  if (projectId === null) return {};
  if (workspaceKind === "in-place") return { projectId, workspaceKind: "fresh" as const };
  return {
    projectId,
    workspaceKind,
    ...(baseRef !== null && { baseRef }),
    ...(branch !== null && { branch: workspaceKind === "clone" ? branchName(title, id) : branch }),
  };
}

/** Whether untrusted text entered the session after an event; a fork's log covers what came before. */
async function hasReadUntrusted({ events }: Store, sessionId: string, after: number): Promise<boolean> {
  const types = ["tool.called", "session.forked", "instructions.read"] as const;
  for await (const { data } of events.ofTypes(sessionId, types, { after })) {
    if (data.readsUntrusted === true) return true;
  }
  for await (const { data } of events.ofTypes(sessionId, ["task.submitted"], { after })) {
    if (data.broughtBack !== undefined) return true;
  }
  return false;
}
