import type { RetentionInput, RetentionReport } from "@trunkline/contract";
import type { Logger } from "pino";
import type { Audit } from "../../audit/port.ts";
import type { Announcer } from "../../hints/port.ts";
import { GuardFailedError, type RetiringSession } from "../../store/port.ts";
import { removeSession, type RemoveSessionDeps } from "../delete-session.ts";
import { hasUnpublished, type UnpublishedWorkDeps } from "../unpublished-work.ts";
import { cutoffs, DAY_MS, dueBy, type RetentionPolicy } from "./policy.ts";
import { holdAt, lookAtClock } from "./trusted-clock.ts";

export interface RetentionDeps extends RemoveSessionDeps, UnpublishedWorkDeps {
  store: RemoveSessionDeps["store"];
  policy: RetentionPolicy;
  announcer: Pick<Announcer, "removed">;
  audit: Audit;
  /** The time by which sessions are old: ms since the epoch. */
  now: () => number;
  /** This node's id. */
  nodeId: string;
  /** When anything had last happened in the store as this process opened it; undefined: it was empty. */
  lastSignAt: number | undefined;
  logger: Pick<Logger, "info" | "warn" | "error">;
}

/** How often to look, in ms. */
const LOOK_EVERY_MS = 600_000;
/** Longer than a look takes, which renews it. */
const LEASE_MS = 2 * LOOK_EVERY_MS;
/** Removed by one look: a mistake can be stopped before all are gone, and nobody waits for the database. */
const REMOVED_AT_ONCE = 50;
/** Looked at by one look: whether work is published takes processes to find out. */
const EXAMINED_AT_ONCE = 200;
const PAGE = 50;

/** Removes sessions by the operator's policy, in the background, on one node at a time. */
export class Retention {
  readonly #deps: RetentionDeps;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #isStopped = false;
  /** Where the next look goes on, so that sessions which are kept don't hold up those after them. */
  #after: { updatedAt: number; id: string } | undefined;

  constructor(deps: RetentionDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#timer = setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
    void this.look();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    await this.#looking;
  }

  /** Removes what is due, or a part of it. */
  async look(): Promise<void> {
    this.#looking ??= this.#sweep()
      .catch((error: unknown) =>
        this.#deps.logger.error(
          { err: error },
          "sessions could not be removed by policy; trying again later",
        ),
      )
      .finally(() => {
        this.#looking = undefined;
      });
    return this.#looking;
  }

  /** What is removed within so many days. */
  async preview({ days, limit }: RetentionInput): Promise<RetentionReport> {
    const { store, policy, now } = this.#deps;
    const at = now();
    const ahead = cutoffs(policy, at + days * DAY_MS);
    const [found, total, clock] = await Promise.all([
      store.retention.stale({ ...ahead, limit }),
      store.retention.countStale(ahead),
      store.retention.clock(),
    ]);
    const hold = clock === undefined ? null : holdAt(clock, at);
    const names = new Map<string, string | null>();
    const items: RetentionReport["items"] = [];
    for (const session of found) {
      const { id, ownerId } = session;
      if (!names.has(ownerId)) names.set(ownerId, (await store.users.find(ownerId))?.name ?? null);
      items.push({
        sessionId: id,
        ownerId,
        ownerName: names.get(ownerId) ?? null,
        lastActivityAt: session.lastAt,
        ...notBefore(hold?.until ?? 0, dueBy(policy, session)),
        kept: await this.#reasonToKeep(session),
      });
    }
    return {
      policy,
      hold,
      items: items.toSorted((a, b) => a.removeAt - b.removeAt),
      omitted: total - found.length,
    };
  }

  async #sweep(): Promise<void> {
    const { store, nodeId, policy, now } = this.#deps;
    if (!(await store.retention.claim(nodeId, LEASE_MS)) || !(await this.#trustsClock())) return;
    let removed = 0;
    for (let examined = 0; examined < EXAMINED_AT_ONCE && removed < REMOVED_AT_ONCE;) {
      const page = await store.retention.stale({
        ...cutoffs(policy, now()),
        after: this.#after,
        limit: PAGE,
      });
      for (const session of page) {
        if (this.#isStopped || removed === REMOVED_AT_ONCE) return;
        this.#after = { updatedAt: session.updatedAt, id: session.id };
        examined += 1;
        if (await this.#remove(session)) removed += 1;
      }
      if (page.length < PAGE) {
        this.#after = undefined;
        return;
      }
      // Many take a while.
      if (!(await store.retention.claim(nodeId, LEASE_MS))) return;
    }
  }

  async #trustsClock(): Promise<boolean> {
    const { store, nodeId, now, lastSignAt, logger } = this.#deps;
    const at = now();
    const known = await store.retention.clock();
    const before = known ?? { seenAt: lastSignAt ?? at, heldUntil: null, gapMs: null };
    const record = lookAtClock(before, at);
    await store.retention.noteClock(nodeId, record);
    const hold = holdAt(record, at);
    if (hold === null) return true;
    if (record.heldUntil !== before.heldUntil) {
      const days = Math.round(hold.gapMs / DAY_MS);
      logger.warn(
        { seenAt: before.seenAt, now: at, until: hold.until },
        `the time is ${days} days from when it was last looked at: no session is removed by policy until it has gone steadily for a while. Check the machine's clock`,
      );
    }
    return false;
  }

  /** @returns whether it has gone */
  async #remove(session: RetiringSession): Promise<boolean> {
    const { store, announcer, audit, logger, now, nodeId, policy } = this.#deps;
    const { id, ownerId } = session;
    if ((await this.#reasonToKeep(session)) !== null) return false;
    const { reason } = dueBy(policy, session);
    const descendants = await store.sessions.descendantsOf(id);
    const entry = audit.entry({
      by: null,
      action: "session.delete",
      target: id,
      decision: "allowed",
      detail: `retention: ${reason}`,
    });
    try {
      await store.retention.retire(session, { at: now(), nodeId }, entry);
    } catch (error) {
      // Somebody came back to it.
      if (error instanceof GuardFailedError) return false;
      throw error;
    }
    for (const hidden of [id, ...descendants]) announcer.removed(hidden, ownerId);
    await removeSession(this.#deps, id, "server");
    logger.info({ sessionId: id, reason, lastAt: session.lastAt }, "a session was removed by policy");
    return true;
  }

  async #reasonToKeep({ id, ownerId, isBusy }: RetiringSession): Promise<"busy" | "unpublished" | null> {
    const { store, policy } = this.#deps;
    if (isBusy) return "busy";
    if (policy.unpublished === "discard") return null;
    const session = await store.sessions.find(ownerId, id);
    return session !== undefined && (await hasUnpublished(this.#deps, session)) ? "unpublished" : null;
  }
}

function notBefore<Due extends { removeAt: number }>(time: number, due: Due): Due {
  return { ...due, removeAt: Math.max(due.removeAt, time) };
}
