import { randomUUID } from "node:crypto";
import { type EventBatch, type Services, type Session, TrunklineError } from "@trunkline/contract";
import { callerName } from "../../fairness/caller.ts";

type Subscribe = Services["sessions"]["subscribe"];

/** Services for the real router: a few sessions in memory, and streams scripted by the test. */
export class FakeServices {
  /** Created sessions, in order. */
  readonly created: Session[] = [];
  /** Tokens that were revoked, by id. */
  readonly revoked: string[] = [];
  /** On whose behalf `session.list` was called, in order. */
  readonly listedBy: string[] = [];
  /** Streams whose generator has started but not finished. */
  openStreams = 0;
  /** Batches that were pulled. */
  pulled = 0;
  /** Body of `session.subscribe`; by default waits for the abort. */
  play: Subscribe = async function* (_principal, _input, signal) {
    yield { events: [], live: true };
    await aborted(signal);
  };

  /** `session.events`; by default a fault of the server's own. */
  events: Services["sessions"]["events"] = async () => {
    throw new Error("secret of the inside");
  };

  /** What the router gets. Whatever else it calls fails, as an unexpected error. */
  asServices(): Services {
    const sessions: Pick<Services["sessions"], "create" | "get" | "list" | "events" | "subscribe"> = {
      create: async (principal, input) => {
        const session = newSession(principal.userId, input.title ?? "untitled");
        this.created.push(session);
        return session;
      },
      get: async (_principal, { sessionId }) => {
        throw new TrunklineError("not_found", `There is no session ${sessionId}`);
      },
      list: async () => {
        this.listedBy.push(callerName());
        return { items: this.created, nextCursor: null };
      },
      events: async (...given) => this.events(...given),
      subscribe: (principal, input, signal) => this.#subscribe(principal, input, signal),
    };
    const tokens: Pick<Services["tokens"], "revoke"> = {
      revoke: async (principal, { tokenId }) => {
        this.revoked.push(tokenId);
        const { userId, name: userName } = principal;
        const times = { createdAt: 1, expiresAt: null, lastUsedAt: null, revokedAt: 1 };
        return {
          id: tokenId,
          userId,
          userName,
          name: "browser",
          kind: "browser",
          scopes: ["read"],
          ...times,
        };
      },
    };
    return { sessions, tokens } as Partial<Services> as Services;
  }

  async *#subscribe(...args: Parameters<Subscribe>): AsyncGenerator<EventBatch> {
    this.openStreams += 1;
    try {
      for await (const batch of this.play(...args)) {
        this.pulled += 1;
        yield batch;
      }
    } finally {
      this.openStreams -= 1;
    }
  }
}

export async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve(), { once: true });
  await promise;
}

function newSession(ownerId: string, title: string): Session {
  return {
    id: randomUUID(),
    ownerId,
    title,
    agent: "default",
    model: null,
    effort: null,
    workspace: "/nowhere",
    projectId: null,
    baseRef: null,
    workspaceKind: "fresh",
    branch: null,
    parentId: null,
    forkedAtSeq: null,
    lastSeq: 0,
    createdAt: 1,
    updatedAt: 1,
    archivedAt: null,
    status: "idle",
    currentTask: null,
  };
}
