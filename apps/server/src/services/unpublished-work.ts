import { TrunklineError } from "@trunkline/contract";
import type { Store, StoredSession } from "../store/port.ts";
import { archivedWork, type FindUnpublishedWork, type UnpublishedWork } from "../workspaces/port.ts";

export interface UnpublishedWorkDeps {
  store: Pick<Store, "events" | "sessions" | "tasks">;
  findUnpublishedWork: FindUnpublishedWork;
}

/**
 * Work that only a session's workspace has: of clones, since nothing else is taken from anywhere. What runs at the moment is
 * working on more.
 * @throws TrunklineError `unpublished_work`, which names what would be lost
 */
export async function refuseUnpublished(deps: UnpublishedWorkDeps, session: StoredSession): Promise<void> {
  if (session.workspaceKind !== "clone") return;
  const { store } = deps;
  if (
    (await store.tasks.unfinished({ sessionId: session.id })).length > 0 &&
    (await isPrepared(store, session.id))
  ) {
    throw refusal("a task is still working on it");
  }
  const work = await findWork(deps, session);
  if (work !== null) throw refusal(describe(work));
}

/** Whether work would be lost with a session that nothing runs in. */
export async function hasUnpublished(deps: UnpublishedWorkDeps, session: StoredSession): Promise<boolean> {
  return session.workspaceKind === "clone" && (await findWork(deps, session)) !== null;
}

/** @throws TrunklineError `unpublished_work`, which says of how many sessions, and nothing of what is in them */
export async function refuseUnpublishedOf(deps: UnpublishedWorkDeps, ownerId: string): Promise<void> {
  const { sessions } = deps.store;
  let count = 0;
  for (const id of await sessions.idsOf(ownerId)) {
    const session = await sessions.find(ownerId, id);
    if (session !== undefined && (await hasUnpublished(deps, session))) count++;
  }
  if (count === 0) return;
  throw new TrunklineError(
    "unpublished_work",
    `${count} of this user's sessions ${count === 1 ? "has" : "have"} work that is published nowhere. To lose it: discardWork: true`,
  );
}

async function findWork(
  { store, findUnpublishedWork }: UnpublishedWorkDeps,
  session: Pick<StoredSession, "id" | "projectId" | "forkedAtSeq" | "importedSeq">,
  /** Kept elsewhere, too. */
  ...kept: string[]
): Promise<UnpublishedWork | null> {
  const { id, projectId } = session;
  if (projectId === null) return null;
  let baseCommit: string | undefined;
  const published = kept;
  for await (const { type, data } of store.events.ofTypes(id, ["workspace.prepared", "session.published"])) {
    // The first one: a fork's own begins with its parent's work, which may be gone by now.
    if (type === "workspace.prepared") baseCommit ??= data.baseCommit;
    else if (data.commit !== undefined) published.push(data.commit);
  }
  const archived = await archivedWork(store.events, session);
  if (archived !== null) {
    const { branch, commit } = archived.data;
    return commit === archived.data.baseCommit || published.includes(commit)
      ? null
      : { ...NOTHING, commits: { total: 1, first: [`archived: ${branch}`] } };
  }
  return baseCommit === undefined
    ? null
    : findUnpublishedWork({ sessionId: id, projectId, baseCommit, published });
}

/**
 * What would be lost with a workspace once its branch is archived: commits that only other branches, tags and stashes have.
 * @throws TrunklineError `unpublished_work`
 */
export async function refuseUnarchived(
  deps: UnpublishedWorkDeps,
  session: StoredSession,
  commit: string,
): Promise<void> {
  const work = await findWork(deps, session, commit);
  if (work === null) return;
  throw new TrunklineError(
    "unpublished_work",
    `Not on the session's branch, so it would not be kept: ${describe(work)}. Merge or publish it first; to lose it: discardWork: true`,
  );
}

const NOTHING: UnpublishedWork = {
  files: { total: 0, first: [] },
  commits: { total: 0, first: [] },
  unknown: null,
};

async function isPrepared({ events }: Pick<Store, "events">, sessionId: string): Promise<boolean> {
  for await (const _ of events.ofTypes(sessionId, ["workspace.prepared"])) return true;
  return false;
}

function refusal(what: string): TrunklineError {
  return new TrunklineError(
    "unpublished_work",
    `This session has work that is published nowhere: ${what}. Publish or pull it first; to lose it: discardWork: true`,
  );
}

function describe({ files, commits, unknown }: UnpublishedWork): string {
  if (unknown !== null) return unknown;
  const parts = [
    ...(files.total > 0
      ? [named(files, "file with uncommitted changes", "files with uncommitted changes")]
      : []),
    ...(commits.total > 0 ? [named(commits, "commit", "commits")] : []),
  ];
  return parts.join("; ");
}

function named(
  { total, first }: { total: number; first: readonly string[] },
  one: string,
  many: string,
): string {
  const rest = total - first.length;
  return `${total} ${total === 1 ? one : many} (${first.join(", ")}${rest > 0 ? `, and ${rest} more` : ""})`;
}
