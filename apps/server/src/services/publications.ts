import {
  type BringBackInput,
  type Principal,
  type Publication,
  type PublicationService,
  TrunklineError,
} from "@trunkline/contract";
import type { Checkpoints } from "../checkpoints/port.ts";
import type { StoredSession } from "../store/port.ts";
import { archivedWork, filesOf } from "../workspaces/port.ts";
import { type FoundFeedback, readFeedback } from "./feedback.ts";
import { inTurn } from "./in-turn.ts";
import { requireSession } from "./ownership.ts";
import { type ArchiveDeps, archiveWork, restoreWork } from "./archive-work.ts";
import { patchDownload } from "./patch-download.ts";
import { requireProject } from "./project-access.ts";
import { type PublishDeps, publishSession, requireToken } from "./publish-session.ts";
import { toSession } from "./session-view.ts";
import { withFilesOf } from "./session-files.ts";
import { lastPublished, type PublishableSession, requirePublishable } from "./session-work.ts";
import { OwnerSlots } from "./owner-slots.ts";
import type { createTaskService } from "./tasks.ts";

export interface PublicationServiceDeps extends PublishDeps, ArchiveDeps {
  tasks: Pick<ReturnType<typeof createTaskService>, "submitFeedback">;
  checkpoints: Pick<Checkpoints, "settle" | "remove" | "unshown">;
  /** Throws where this user's may take no more of the disk. */
  requireRoom: (userId: string) => void;
}

/** Of one user, on one node: what a forge has to say is read whole before it is told. */
const READ_AT_ONCE = 2;

export function createPublicationService(deps: PublicationServiceDeps): PublicationService {
  const { store, publisher, openRemote, signal } = deps;
  const slots = new OwnerSlots(READ_AT_ONCE);

  const withFiles = async <T>(principal: Principal, sessionId: string, work: () => Promise<T>): Promise<T> =>
    withFilesOf(deps, principal, sessionId, work);

  /** Before the turn for files, which a forge that hangs would hold. */
  async function reading<T>(principal: Principal, sessionId: string, work: () => Promise<T>): Promise<T> {
    using _slot = await slots.take(principal.userId);
    return await withFiles(principal, sessionId, work);
  }

  /** Takes the work out of a workspace that nobody archives meanwhile. */
  async function taking<T>(
    principal: Principal,
    { sessionId, title }: { sessionId: string; title?: string | undefined },
    take: (publishable: PublishableSession) => Promise<T>,
  ): Promise<T> {
    return withFiles(principal, sessionId, async () => {
      const archived = await requirePublishable(deps, principal, sessionId, title);
      if (archived.work.archived !== null) return take(archived);
      return inTurn(store, filesOf(sessionId), async () =>
        take(await requirePublishable(deps, principal, sessionId, title)),
      );
    });
  }

  async function read(principal: Principal, sessionId: string) {
    const session = await requireSession(store, principal, sessionId);
    const published = await lastPublished(store, session);
    return { session, published, feedback: await feedbackOf(principal, session, published) };
  }

  /** Null where there is no forge to ask. */
  async function feedbackOf(
    principal: Principal,
    { id, projectId }: StoredSession,
    published: Awaited<ReturnType<typeof lastPublished>>,
  ): Promise<FoundFeedback | null> {
    const { kind, branch, commit, number } = published?.data ?? {};
    const isPushed = kind === "branch" || kind === "pull-request";
    if (!isPushed || branch === undefined || commit === undefined || projectId === null) return null;
    const { source, ownerId } = await requireProject(store, principal, projectId);
    if (source.kind !== "git" || !publisher.knowsForge(source.url)) return null;
    await using open = await openRemote({ id: projectId, ownerId, url: source.url });
    if (open.token === null && number === undefined) return null;
    const forge = await publisher.forge({ url: source.url, token: requireToken(open.token) }, signal);
    return await readFeedback(deps, forge, id, { branch, commit, number });
  }

  const publication = async (principal: Principal, sessionId: string): Promise<Publication> => {
    const { published, feedback } = await read(principal, sessionId);
    const prompt = feedback?.prompt ?? null;
    const { kind, branch, url = null, commit } = published?.data ?? {};
    return {
      published:
        published === null || kind === undefined || branch === undefined || commit === undefined
          ? null
          : { kind, branch, url, commit, at: published.at },
      request: feedback?.request ?? null,
      checks: feedback?.checks ?? [],
      comments: feedback?.comments ?? [],
      feedback: prompt && { prompt: prompt.text, digest: prompt.digest, items: prompt.items.length },
    };
  };

  const bringBack = async (principal: Principal, { sessionId, digest, note }: BringBackInput) => {
    const { feedback } = await read(principal, sessionId);
    const { prompt = null, request = null } = feedback ?? {};
    if (prompt === null || request === null || prompt.digest !== digest) {
      if (prompt === null) throw nothingNew();
      throw new TrunklineError(
        "feedback_changed",
        "Other comments or checks came in since: look at them first (session.publication)",
      );
    }
    const { text, items } = prompt;
    const input = {
      sessionId,
      prompt: note === undefined ? text : `${note}\n\n${text}`,
      whenBusy: "enqueue",
      // Of two calls at once, each has found it new.
      idempotencyKey: `feedback ${sessionId} ${digest}`,
    } as const;
    try {
      return await deps.tasks.submitFeedback(principal, input, { url: request.url, items });
    } catch (error) {
      const isTaken = error instanceof TrunklineError && error.reason === "idempotency_conflict";
      throw isTaken ? nothingNew() : error;
    }
  };

  return {
    publish: async (principal, input) =>
      taking(principal, input, async (publishable) => publishSession(deps, principal, input, publishable)),
    publication: async (principal, { sessionId }) =>
      reading(principal, sessionId, async () => publication(principal, sessionId)),
    bringBack: async (principal, input) =>
      reading(principal, input.sessionId, async () => bringBack(principal, input)),
    archiveWork: async (principal, input) =>
      withFiles(principal, input.sessionId, async () => archiveWork(deps, principal, input)),
    restoreWork: async (principal, { sessionId }) =>
      withFiles(principal, sessionId, async () => {
        const session = await requireSession(store, principal, sessionId);
        if ((await archivedWork(store.events, session)) !== null) deps.requireRoom(principal.userId);
        await restoreWork(deps, principal, session, signal);
        return toSession(deps.dataDir, await requireSession(store, principal, sessionId));
      }),
    openPatch: async (principal, { sessionId }) =>
      taking(principal, { sessionId }, async ({ work, session }) =>
        patchDownload(publisher, work, session, signal),
      ),
  };
}

function nothingNew(): TrunklineError {
  return new TrunklineError("feedback_changed", "There is no new feedback to bring back");
}
