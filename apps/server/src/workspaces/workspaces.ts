import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type EventDataOf, TrunklineError } from "@trunkline/contract";
import { publicationPath } from "../publish/port.ts";
import { preparingPath, type Store, type StoredSession } from "../store/port.ts";
import { type CloneDeps, makeClone } from "./clone.ts";
import type { Spares } from "./spares.ts";
import { switchBranch } from "./switch-branch.ts";
import { InPlaceClaims } from "./in-place-claims.ts";
import {
  type ArchivedEvent,
  archivedWork,
  filesOf,
  type FetchBase,
  type FindDirectory,
  type PreparingRun,
  type Workspaces,
} from "./port.ts";

export interface WorkspacesDeps extends CloneDeps {
  store: Pick<Store, "sessions" | "events" | "users" | "tasks" | "turns">;
  /** Sessions store paths relative to it. */
  sharedDir: string;
  spares: Pick<Spares, "take" | "refill">;
  fetchBase: FetchBase;
  findDirectory: FindDirectory;
  isShared: () => boolean;
  /** Throws while files that are missing may only be out of reach. */
  requireFiles?: () => void;
}

export function createWorkspaces(deps: WorkspacesDeps): Workspaces {
  const { store, sharedDir } = deps;
  const claims = new InPlaceClaims({
    directory: join(sharedDir, "in-place"),
    isUnfinished: async (taskId) => {
      const task = await store.tasks.get(taskId);
      return task !== undefined && task.endedAt === null;
    },
  });

  async function find({ ownerId, sessionId }: Pick<PreparingRun, "ownerId" | "sessionId">) {
    const session = await store.sessions.find(ownerId, sessionId);
    if (session === undefined) throw new TrunklineError("not_found", "The session was deleted");
    return { session, directory: resolve(sharedDir, session.workspace) };
  }

  async function restore(run: Omit<PreparingRun, "taskId">): Promise<void> {
    await store.turns.run(filesOf(run.sessionId), async () => {
      const { session, directory } = await find(run);
      const { projectId } = session;
      if (projectId === null || (await archivedWork(store.events, session)) === null) return;
      await prepareClone(deps, { ...session, projectId }, directory, run);
    });
  }

  async function prepare(run: PreparingRun): Promise<string> {
    const { session, directory } = await find(run);
    const { projectId } = session;
    if (projectId === null) return directory;
    deps.requireFiles?.();
    if (session.workspaceKind === "in-place") {
      return prepareInPlace(deps, claims, { ...session, projectId }, run);
    }
    const before = await store.events.last(run.sessionId, ["workspace.prepared"]);
    if (session.workspaceKind === "fresh") {
      if (before === undefined) await run.record([prepared({ kind: "fresh", projectId })]);
      return directory;
    }
    if ((await archivedWork(store.events, session)) !== null) await restore(run);
    else if (before === undefined || !(await isDirectory(directory))) {
      await prepareClone(deps, { ...session, projectId }, directory, run);
    } else if (session.branch !== null && before.data.branch !== session.branch) {
      // A fork's log begins with what was prepared for its parent.
      const { branch } = session;
      await switchBranch(deps.git, directory, branch, run.signal);
      await run.record([prepared({ ...before.data, kind: "clone", projectId, branch })]);
    }
    return directory;
  }

  return {
    prepare,

    async release(run) {
      const { session, directory } = await find(run);
      if ((await archivedWork(store.events, session)) !== null) await deps.removeDirectory(directory);
    },

    restore,
  };
}

type ProjectSession = StoredSession & { projectId: string };

async function prepareInPlace(
  { store, isShared, findDirectory }: WorkspacesDeps,
  claims: InPlaceClaims,
  { projectId }: ProjectSession,
  run: PreparingRun,
): Promise<string> {
  const { sessionId, ownerId, taskId } = run;
  if (isShared()) {
    throw new TrunklineError(
      "forbidden",
      "Several users share this server, so no session works in place: start one with a clone",
    );
  }
  const directory = await findDirectory({ projectId, ownerId });
  await claims.claim({ directory, sessionId, taskId });
  const before = await store.events.last(sessionId, ["workspace.prepared"]);
  if (before?.data.directory !== directory) {
    await run.record([prepared({ kind: "in-place", projectId, directory })]);
  }
  return directory;
}

/** From the base, or, where the session's work was archived, from that. */
async function prepareClone(
  deps: WorkspacesDeps,
  session: ProjectSession,
  directory: string,
  run: Omit<PreparingRun, "taskId">,
): Promise<void> {
  const { store, sharedDir, spares } = deps;
  const { sessionId, ownerId, signal } = run;
  const { projectId, branch } = session;
  const { events } = store;
  const archived = await newestArchived(events, session);
  const created = await events.last(sessionId, ["session.created"]);
  const includeUncommitted = created?.data.includeUncommitted === true && archived === null;
  // What a session started from may be gone from its source by now; archived work brings it along.
  const baseRef = archived === null ? session.baseRef : null;
  const base = await deps.fetchBase({ projectId, ownerId, baseRef, includeUncommitted, signal });
  await run.record([{ type: "project.fetched", data: base.fetched }]);
  const own = archived?.branch ?? branch ?? `trunkline/${sessionId.slice(-6)}`;
  const name = (await store.users.find(ownerId))?.name ?? "trunkline";
  const author = { name, email: `${name}@users.trunkline.invalid` };
  const clone = {
    directory,
    preparing: join(sharedDir, preparingPath(sessionId)),
    base,
    branch: own,
    author,
    takeSpare: async (path: string) => spares.take(projectId, path),
    ...(archived && { archived: { repository: join(sharedDir, publicationPath(sessionId)), ...archived } }),
  };
  const { missing, files } = await makeClone(deps, clone, signal);
  // Of what everybody's next session starts from: neither archived, nor what is not committed.
  if (archived === null && !includeUncommitted) spares.refill(projectId, base, files);
  const before = archived && (await events.last(sessionId, ["workspace.prepared"]));
  const from = before?.data.baseRef ?? base.ref;
  const start = archived
    ? { baseRef: from, baseCommit: archived.baseCommit, archived: archived.commit }
    : { baseRef: base.ref, baseCommit: base.commit };
  await run.record([prepared({ kind: "clone", projectId, branch: own, ...start, ...missing })]);
}

/** Its own, whether or not the workspace has come back since: that may be gone again. */
async function newestArchived(
  events: Pick<Store["events"], "last">,
  { id, forkedAtSeq, importedSeq }: StoredSession,
): Promise<ArchivedEvent["data"] | null> {
  const last = await events.last(id, ["workspace.archived"]);
  return last === undefined || last.seq <= Math.max(forkedAtSeq ?? 0, importedSeq) ? null : last.data;
}

function prepared(data: EventDataOf<"workspace.prepared">) {
  return { type: "workspace.prepared", data } as const;
}

/** What can't be read is not gone: it would be removed for a new clone. @throws TrunklineError `workspace_failed` */
async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return false;
    throw new TrunklineError(
      "workspace_failed",
      `The session's files can't be read (${code}). Look at the server's disk, then retry the task`,
      { cause },
    );
  }
}
