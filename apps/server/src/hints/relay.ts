import { setTimeout as wait } from "node:timers/promises";
import { MAX_EVENT_PAGE_SIZE, type SessionEvent } from "@trunkline/contract";
import type { Logger } from "pino";
import type { Activity } from "../activity/port.ts";
import { actForEverybody } from "../fairness/caller.ts";
import type { Hub } from "../hub/port.ts";
import type { Store } from "../store/port.ts";
import type { Announcer, Hint, Hints } from "./port.ts";
import { SessionOwners } from "./session-owners.ts";

export interface RelayDeps {
  store: Pick<Store, "events" | "sessions" | "isExclusive">;
  hints: Hints;
  hub: Hub;
  activity: Activity;
  /** Called where something may have been committed that nobody was told of. */
  onMissed: () => void;
  logger: Pick<Logger, "warn">;
}

/** How often to compare with the store what is followed here, in ms: a lost hint costs no more. */
const POLL_MS = 2_000;
/** Until another try where the store could not be read, in ms. */
const RETRY_MS = 200;
/** Sessions that are read at once. */
const AT_ONCE = 100;
/** Sessions that are compared at once. */
const COMPARED_AT_ONCE = 500;

/**
 * Brings what is committed on any node to the followers on this one, and tells the other nodes what is committed here. What
 * others commit is read once for all followers of a session, and only where it has some; what comes while a read is
 * under way shares the next one.
 */
export class Relay implements Announcer {
  readonly #deps: RelayDeps;
  readonly #owners: SessionOwners;
  /** Sessions whose log goes further than their followers here were told. */
  #behind = new Set<string>();
  #reading: Promise<void> | undefined;
  #poll: NodeJS.Timeout | undefined;
  #polling: Promise<void> | undefined;
  readonly #stopped = new AbortController();

  constructor(deps: RelayDeps) {
    this.#deps = deps;
    this.#owners = new SessionOwners(deps.store);
    deps.hints.follow((hint) => this.#take(hint));
  }

  /** Begins to hear what other nodes tell, and to look for what no hint has told. */
  start(): void {
    const { hints, store } = this.#deps;
    if (store.isExclusive) return;
    hints.start();
    this.#poll = setInterval(() => this.#lookForMissed(), POLL_MS);
    this.#poll.unref();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    clearInterval(this.#poll);
    await this.#deps.hints.stop();
    await this.#polling;
    await this.#reading;
  }

  appended(sessionId: string, events: readonly SessionEvent[], ownerId?: string): void {
    const { hub, hints } = this.#deps;
    const [first] = events;
    const lastSeq = events.at(-1)?.seq;
    if (first === undefined || lastSeq === undefined) return;
    const told = hub.toldUpTo(sessionId);
    // Another node has appended in between: followers get all of it in order, by one read.
    if (told !== undefined && told !== null && first.seq > told + 1) this.#readSoon(sessionId);
    else hub.publish(sessionId, events);
    const owner = events.some(changesSummary) ? (ownerId ?? this.#owners.known(sessionId)) : null;
    hints.announce({
      type: "appended",
      sessionId,
      lastSeq,
      ...(typeof owner === "string" && { ownerId: owner }),
    });
    if (owner === undefined) void this.#tellOwner(sessionId, lastSeq);
    else if (owner !== null) this.#deps.activity.changed(sessionId, owner);
  }

  removed(sessionId: string, ownerId: string): void {
    this.#forget(sessionId, ownerId);
    this.#deps.hints.announce({ type: "removed", sessionId, ownerId });
  }

  missed(): void {
    this.#lookAtAll();
    this.#deps.hints.announce({ type: "missed" });
  }

  #take(hint: Hint): void {
    switch (hint.type) {
      case "appended": {
        const { sessionId, lastSeq, ownerId } = hint;
        this.#catchUp(sessionId, lastSeq);
        if (ownerId !== undefined) this.#deps.activity.changed(sessionId, ownerId);
        break;
      }
      case "removed":
        this.#forget(hint.sessionId, hint.ownerId);
        break;
      case "missed":
        this.#lookAtAll();
        break;
      // For others to hear.
      case "work-waiting":
      case "cancel-requested":
      case "access-changed":
        break;
    }
  }

  #lookAtAll(): void {
    this.#deps.activity.reset();
    this.#deps.onMissed();
    this.#lookForMissed();
  }

  #forget(sessionId: string, ownerId: string): void {
    this.#deps.hub.end(sessionId);
    this.#deps.activity.removed(sessionId, ownerId);
  }

  async #tellOwner(sessionId: string, lastSeq: number): Promise<void> {
    const { activity, hints, logger } = this.#deps;
    try {
      const ownerId = await this.#owners.find(sessionId);
      if (ownerId === undefined) return;
      activity.changed(sessionId, ownerId);
      hints.announce({ type: "appended", sessionId, lastSeq, ownerId });
    } catch (error) {
      logger.warn({ err: error, sessionId }, "whose list changed could not be read");
      activity.reset();
    }
  }

  #catchUp(sessionId: string, lastSeq: number): void {
    const { hub } = this.#deps;
    const told = hub.toldUpTo(sessionId);
    if (told === null) hub.wake(sessionId);
    else if (told !== undefined && told < lastSeq) this.#readSoon(sessionId);
  }

  #readSoon(sessionId: string): void {
    this.#behind.add(sessionId);
    this.#reading ??= actForEverybody(async () => this.#readAll()).finally(() => {
      this.#reading = undefined;
    });
  }

  async #readAll(): Promise<void> {
    while (this.#behind.size > 0 && !this.#stopped.signal.aborted) {
      const sessions = [...this.#behind].slice(0, AT_ONCE);
      for (const sessionId of sessions) this.#behind.delete(sessionId);
      try {
        await this.#read(sessions);
      } catch (error) {
        this.#deps.logger.warn({ err: error }, "events of other nodes could not be read; trying again");
        for (const sessionId of sessions) this.#behind.add(sessionId);
        await wait(RETRY_MS, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
      }
    }
  }

  async #read(sessions: readonly string[]): Promise<void> {
    const { hub, store } = this.#deps;
    const cursors = new Map<string, number>();
    for (const sessionId of sessions) {
      const told = hub.toldUpTo(sessionId);
      if (told === null) hub.wake(sessionId);
      else if (told !== undefined) cursors.set(sessionId, told);
    }
    if (cursors.size === 0) return;
    const pages = await store.events.news(cursors, MAX_EVENT_PAGE_SIZE);
    for (const [sessionId, { events, hasMore }] of pages) {
      hub.publish(sessionId, events, cursors.get(sessionId));
      if (hasMore) this.#behind.add(sessionId);
    }
  }

  #lookForMissed(): void {
    this.#polling ??= actForEverybody(async () => this.#compare())
      .catch((error: unknown) => this.#deps.logger.warn({ err: error }, "looking for missed events failed"))
      .finally(() => {
        this.#polling = undefined;
      });
  }

  async #compare(): Promise<void> {
    const { hub, store } = this.#deps;
    const followed = hub.followed();
    for (let start = 0; start < followed.length; start += COMPARED_AT_ONCE) {
      const some = followed.slice(start, start + COMPARED_AT_ONCE);
      const lastSeqs = await store.sessions.lastSeqs(some);
      for (const sessionId of some) {
        const lastSeq = lastSeqs.get(sessionId);
        if (lastSeq === undefined) hub.end(sessionId);
        else this.#catchUp(sessionId, lastSeq);
      }
    }
  }
}

/** Whether lists and badges may look different after it. */
function changesSummary({ type }: SessionEvent): boolean {
  return /^((task|session|approval|question)\.|step\.started$|tool\.called$)/.test(type);
}
