import {
  type EventDataOf,
  type Principal,
  type Published,
  type PublishInput,
  TrunklineError,
} from "@trunkline/contract";
import type { Audit } from "../audit/port.ts";
import type { Checkpoints } from "../checkpoints/port.ts";
import type { Log } from "../log/port.ts";
import { printable } from "../common/printable.ts";
import type { Approve, OpenProjectRemote, Publisher, SessionWork } from "../publish/port.ts";
import type { Store, StoredSession } from "../store/port.ts";
import type { FindDirectory } from "../workspaces/port.ts";
import { unlessGone } from "./ownership.ts";
import { requireProject } from "./project-access.ts";
import { lastPublished, type PublishableSession } from "./session-work.ts";

export interface PublishDeps {
  store: Store;
  log: Log;
  audit: Audit;
  publisher: Publisher;
  openRemote: OpenProjectRemote;
  findDirectory: FindDirectory;
  checkpoints: Pick<Checkpoints, "unshown">;
  /** Aborted when the server stops. */
  signal: AbortSignal;
}

type Outcome = Pick<Published, "branch" | "commit" | "url"> & { number?: number };

/** Publishes, then says so in the log. Killed in between, the next call finds it done and says so then, once. */
export async function publishSession(
  deps: PublishDeps,
  principal: Principal,
  input: PublishInput,
  publishable: PublishableSession,
): Promise<Published> {
  const { session } = publishable;
  const { kind } = input;
  if (kind !== "patch") await requireNoRunningTask(deps.store, session);
  const branch = deps.publisher.branchName(input.branch ?? session.branch ?? `trunkline/${session.id}`);
  const outcome = await publishAs(deps, principal, input, publishable, branch);
  await record(deps, principal, session, { kind, ...outcome });
  const { url, commit } = outcome;
  return { kind, branch: outcome.branch, url, commit };
}

async function publishAs(
  { store, publisher, openRemote, findDirectory, checkpoints, signal }: PublishDeps,
  principal: Principal,
  input: PublishInput,
  { session, project, work, baseRef }: PublishableSession,
  branch: string,
): Promise<Outcome> {
  const { source } = project;
  if (input.kind === "patch") {
    const { commit } = await publisher.toPatch(work, signal);
    return { branch, commit, url: `/api/sessions/${session.id}/patch` };
  }
  const approve: Approve = async (changed) => {
    // Others' publishes may have taken long.
    await requireProject(store, principal, project.id);
    if (input.unshown !== true) await requireShown(checkpoints, session, work, await changed());
  };
  if (input.kind === "local") {
    if (source.kind !== "directory") {
      throw new TrunklineError(
        "validation_failed",
        "This project is a git URL, with no directory here to put a branch into; publish it as a branch or a patch",
      );
    }
    if (project.ownerId !== principal.userId) {
      throw new TrunklineError("forbidden", "Only the project's owner may put a branch into its directory");
    }
    // A link on the way may lead elsewhere by now, and the operator may have changed what is offered.
    const directory = await findDirectory({ projectId: project.id, ownerId: project.ownerId });
    const commit = await publisher.toDirectory(work, { directory, branch, approve }, signal);
    return { branch, commit, url: null };
  }
  if (source.kind !== "git") {
    throw new TrunklineError(
      "validation_failed",
      "This project is a directory, with no repository elsewhere to push to; publish it as 'local' or as a patch",
    );
  }
  await using open = await openRemote({ id: project.id, ownerId: project.ownerId, url: source.url });
  const bases = [input.base, session.baseRef, project.baseRef, baseRef].filter(
    (base) => typeof base === "string",
  );
  // Before anything is pushed: a request that can't be opened would leave a branch that nobody asked for.
  const forge =
    input.kind === "pull-request"
      ? await publisher.forge({ url: source.url, token: requireToken(open.token) }, signal)
      : null;
  const { commit, defaultBranch } = await publisher.toRemote(
    work,
    { remote: open.remote, redact: open.redact, branch, bases, approve },
    signal,
  );
  if (forge === null) return { branch, commit, url: null };
  const base = bases[0] ?? defaultBranch;
  if (base === null) {
    throw new TrunklineError(
      "validation_failed",
      "Name the branch to merge into (base): the repository has no default",
    );
  }
  const { title = session.title, body = "", draft = false } = input;
  const request = await forge.create({ branch, base, title, body, draft });
  return { branch, commit, url: request.url, number: request.number };
}

/** Paths that are named. */
const MAX_NAMED = 5;

/**
 * What a session's changes show comes from its checkpoints, what is published from its commits: people have seen the ones. An agent
 * can commit what git ignores or leaves out of the workspace.
 */
async function requireShown(
  checkpoints: Pick<Checkpoints, "unshown">,
  { id: sessionId, ownerId, importedSeq }: StoredSession,
  { directory: workspace }: SessionWork,
  changed: Uint8Array,
): Promise<void> {
  const paths = await checkpoints.unshown({ sessionId, ownerId, importedSeq, workspace }, changed);
  if (paths.length === 0) return;
  const others = paths.length > MAX_NAMED ? ` and ${paths.length - MAX_NAMED} more` : "";
  throw new TrunklineError(
    "validation_failed",
    `The session's commits have files otherwise than its changes show them: ${paths.slice(0, MAX_NAMED).map(printable).join(", ")}${others}. ` +
      "Look at the changes again, and at the patch; to publish them as well: unshown: true",
  );
}

/** A running command may be half-way through a change. */
async function requireNoRunningTask({ tasks }: Store, session: StoredSession): Promise<void> {
  if ((await tasks.active(session.id))?.state !== "working") return;
  throw new TrunklineError(
    "session_busy",
    "A task is working in this session; wait until it ends or stop it, then publish. A patch can be made meanwhile",
  );
}

export function requireToken(token: string | null): string {
  if (token !== null) return token;
  throw new TrunklineError(
    "credential_rejected",
    "Pull and merge requests need a token of the project's (and its https URL): trunkline project credential, or publish as " +
      "a branch",
  );
}

async function record(
  { store, log, audit }: PublishDeps,
  principal: Principal,
  session: StoredSession,
  { kind, branch, url, commit, number }: Outcome & Pick<PublishInput, "kind">,
): Promise<void> {
  const entry = audit.entry({
    by: principal,
    action: "session.publish",
    target: session.id,
    decision: "allowed",
    detail: kind,
  });
  const last = await lastPublished(store, session);
  const data: EventDataOf<"session.published"> = {
    kind,
    branch,
    ...(url !== null && { url }),
    commit,
    ...(number !== undefined && { number }),
  };
  const isKnown = last !== null && JSON.stringify(sorted(last.data)) === JSON.stringify(sorted(data));
  if (isKnown) {
    await store.audit.add(entry);
    return;
  }
  try {
    await log.append(session.id, [{ taskId: null, type: "session.published", data }], {
      expect: { ownerId: principal.userId },
      audit: entry,
    });
  } catch (error) {
    throw unlessGone(error, session.id);
  }
}

function sorted(data: EventDataOf<"session.published">): [string, unknown][] {
  return Object.entries(data).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
