import type { RetentionInput, RetentionReport } from "@trunkline/contract";
import type { Logger } from "pino";
import type { Audit } from "../../audit/port.ts";
import type { Announcer } from "../../hints/port.ts";
import { GuardFailedError, type RetiringSession } from "../../store/port.ts";
import { removeSession, type RemoveSessionDeps } from "../delete-session.ts";
import { hasUnpublished, type UnpublishedWorkDeps } from "../unpublished-work.ts";
import { candidates, type Place, type Rule } from "./candidates.ts";
import { cutoffs, DAY_MS, dueBy, type RetentionPolicy, type RetentionReason, sizeRules } from "./policy.ts";
import { SessionSizes, type SessionSizesDeps } from "./session-sizes.ts";
import { holdAt, lookAtClock } from "./trusted-clock.ts";

export interface RetentionDeps extends RemoveSessionDeps, UnpublishedWorkDeps, SessionSizesDeps {
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
/** So many later, the right to remove is renewed. */
const RENEW_AFTER = 50;

/** Removes sessions by the operator's policy, in the background, on one node at a time. */
export class Retention {
  readonly #deps: RetentionDeps;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #isStopped = false;
  readonly #sizes: SessionSizes;
  /** Where the next look goes on, so that sessions which are kept don't hold up those after them. */
  readonly #byAge: { place: Place | undefined } = { place: undefined };
  readonly #bySize: { place: Place | undefined } = { place: undefined };

  constructor(deps: RetentionDeps) {
    this.#deps = deps;
    this.#sizes = new SessionSizes(deps);
  }

  start(): void {
    this.#timer = setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
    void this.look();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    this.#sizes.stop();
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
    const [stale, total, clock, bySize] = await Promise.all([
      store.retention.stale({ ...ahead, limit }),
      store.retention.countStale(ahead),
      store.retention.clock(),
      this.#dueBySize(),
    ]);
    const hold = clock === undefined ? null : holdAt(clock, at);
    const owners = new Map<string, string | null>();
    const due = [
      ...bySize.map((session) => ({ session, reason: "size" as const, removeAt: at })),
      ...stale
        .filter(({ id }) => bySize.every((session) => session.id !== id))
        .map((session) => ({ session, ...dueBy(policy, session) })),
    ]
      .toSorted((one, other) => one.removeAt - other.removeAt)
      .slice(0, limit);
    const items: RetentionReport["items"] = [];
    for (const { session, reason, removeAt } of due) {
      const { id, ownerId, lastAt } = session;
      if (!owners.has(ownerId)) owners.set(ownerId, (await store.users.find(ownerId))?.name ?? null);
      items.push({
        sessionId: id,
        ownerId,
        ownerName: owners.get(ownerId) ?? null,
        reason,
        lastActivityAt: lastAt,
        removeAt: Math.max(removeAt, hold?.until ?? 0),
        kept: await this.#reasonToKeep(session),
      });
    }
    const usedBytes = policy.maxBytes === null ? null : await this.#sizes.total();
    return { policy, hold, usedBytes, items, omitted: Math.max(total, bySize.length) - items.length };
  }

  /** As many as one look examines. */
  async #dueBySize(): Promise<RetiringSession[]> {
    const { store, now } = this.#deps;
    const due = new Map<string, RetiringSession>();
    let excess = await this.#excess();
    if (excess <= 0) return [];
    for await (const { session } of candidates(store.retention, sizeRules(now()))) {
      if (excess <= 0 || due.size === EXAMINED_AT_ONCE) break;
      if (due.has(session.id)) continue;
      due.set(session.id, session);
      if ((await this.#reasonToKeep(session)) === null) excess -= await this.#sizes.of(session.id);
    }
    return [...due.values()];
  }

  async #sweep(): Promise<void> {
    const { store, nodeId, policy, now } = this.#deps;
    if (!(await store.retention.claim(nodeId, LEASE_MS)) || !(await this.#trustsClock())) return;
    const room = { examined: EXAMINED_AT_ONCE, removed: REMOVED_AT_ONCE };
    await this.#walk(this.#byAge, [cutoffs(policy, now())], room, async (session) =>
      this.#remove(session, dueBy(policy, session).reason),
    );
    if (policy.maxBytes === null) return;
    let excess = await this.#excess();
    if (excess <= 0) {
      this.#bySize.place = undefined;
      return;
    }
    await this.#walk(this.#bySize, sizeRules(now()), room, async (session) => {
      const bytes = await this.#sizes.of(session.id);
      if (!(await this.#remove(session, "size"))) return false;
      this.#sizes.removed(bytes);
      excess -= bytes;
      if (excess <= 0) room.removed = 0;
      return true;
    });
  }

  /** Goes through what rules name, from where the last look ended, as far as there is room. */
  async #walk(
    walk: { place: Place | undefined },
    rules: readonly Rule[],
    room: { examined: number; removed: number },
    remove: (session: RetiringSession) => Promise<boolean>,
  ): Promise<void> {
    const { store, nodeId } = this.#deps;
    for await (const { session, place } of candidates(store.retention, rules, walk.place)) {
      if (this.#isStopped || room.removed <= 0 || room.examined <= 0) return;
      // Many take a while.
      if (room.examined % RENEW_AFTER === 0 && !(await store.retention.claim(nodeId, LEASE_MS))) return;
      walk.place = place;
      room.examined -= 1;
      if (await remove(session)) room.removed -= 1;
    }
    walk.place = undefined;
  }

  /** By how many bytes all sessions together are too large. */
  async #excess(): Promise<number> {
    const { maxBytes } = this.#deps.policy;
    return maxBytes === null ? 0 : (await this.#sizes.total()) - maxBytes;
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
  async #remove(session: RetiringSession, reason: RetentionReason): Promise<boolean> {
    const { store, announcer, audit, logger, now, nodeId } = this.#deps;
    const { id, ownerId } = session;
    if ((await this.#reasonToKeep(session)) !== null) return false;
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
