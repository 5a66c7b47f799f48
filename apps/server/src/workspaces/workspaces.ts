import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type EventDataOf, TrunklineError } from "@trunkline/contract";
import { preparingPath, type Store, type StoredSession } from "../store/port.ts";
import { type CloneDeps, makeClone } from "./clone.ts";
import { switchBranch } from "./switch-branch.ts";
import { InPlaceClaims } from "./in-place-claims.ts";
import type { FetchBase, FindDirectory, PreparingRun, Workspaces } from "./port.ts";

export interface WorkspacesDeps extends CloneDeps {
  store: Pick<Store, "sessions" | "events" | "users" | "tasks">;
  /** Sessions store paths relative to it. */
  sharedDir: string;
  fetchBase: FetchBase;
  findDirectory: FindDirectory;
  isShared: () => boolean;
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

  return {
    async prepare(run) {
      const session = await store.sessions.find(run.ownerId, run.sessionId);
      if (session === undefined) throw new TrunklineError("not_found", "The session was deleted");
      const directory = resolve(sharedDir, session.workspace);
      const { projectId } = session;
      if (projectId === null) return directory;
      if (session.workspaceKind === "in-place") {
        return prepareInPlace(deps, claims, { ...session, projectId }, run);
      }
      const before = await store.events.last(run.sessionId, ["workspace.prepared"]);
      if (session.workspaceKind === "fresh") {
        if (before === undefined) await run.record([prepared({ kind: "fresh", projectId })]);
        return directory;
      }
      if (before === undefined || !(await isDirectory(directory))) {
        await prepareClone(deps, { ...session, projectId }, directory, run);
      } else if (session.branch !== null && before.data.branch !== session.branch) {
        // A fork's log begins with what was prepared for its parent.
        const { branch } = session;
        await switchBranch(deps.git, directory, branch, run.signal);
        await run.record([prepared({ ...before.data, kind: "clone", projectId, branch })]);
      }
      return directory;
    },
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

async function prepareClone(
  deps: WorkspacesDeps,
  { projectId, baseRef, branch }: ProjectSession,
  directory: string,
  run: PreparingRun,
): Promise<void> {
  const { sessionId, ownerId, signal } = run;
  const created = await deps.store.events.last(sessionId, ["session.created"]);
  const includeUncommitted = created?.data.includeUncommitted === true;
  const base = await deps.fetchBase({ projectId, ownerId, baseRef, includeUncommitted, signal });
  await run.record([{ type: "project.fetched", data: base.fetched }]);
  const own = branch ?? `trunkline/${sessionId.slice(-6)}`;
  const name = (await deps.store.users.find(ownerId))?.name ?? "trunkline";
  const author = { name, email: `${name}@users.trunkline.invalid` };
  const preparing = join(deps.sharedDir, preparingPath(sessionId));
  const missing = await makeClone(deps, { directory, preparing, base, branch: own, author }, signal);
  const { ref: from, commit: baseCommit } = base;
  await run.record([
    prepared({ kind: "clone", projectId, branch: own, baseRef: from, baseCommit, ...missing }),
  ]);
}

function prepared(data: EventDataOf<"workspace.prepared">) {
  return { type: "workspace.prepared", data } as const;
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
