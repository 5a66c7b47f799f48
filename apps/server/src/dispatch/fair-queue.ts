import type { Doorbell } from "./port.ts";

/** Number of an owner's running sessions. */
export type RunningOf = (ownerId: string) => number;

/**
 * Sessions waiting for a slot. The owner with the fewest running goes first; among equals owners take turns, and each
 * owner's sessions go in the order they were rung.
 */
export class FairQueue {
  /** Insertion order is the order of turns: whoever was served goes to the end. */
  readonly #owners = new Map<string, Set<string>>();

  add({ ownerId, sessionId }: Doorbell): void {
    const sessions = this.#owners.get(ownerId);
    if (sessions === undefined) this.#owners.set(ownerId, new Set([sessionId]));
    else sessions.add(sessionId);
  }

  /** A slot of this owner's became free: everybody else's turn comes first. */
  served(ownerId: string): void {
    const sessions = this.#owners.get(ownerId);
    if (sessions === undefined) return;
    this.#owners.delete(ownerId);
    this.#owners.set(ownerId, sessions);
  }

  /** @param mayTake whether an owner may have another slot now */
  take(runningOf: RunningOf, mayTake: (ownerId: string) => boolean): Doorbell | undefined {
    const ownerId = this.#next(runningOf);
    if (ownerId === undefined || !mayTake(ownerId)) return undefined;
    const sessions = this.#owners.get(ownerId) ?? new Set();
    this.#owners.delete(ownerId);
    const [sessionId] = sessions;
    if (sessionId === undefined) return undefined;
    sessions.delete(sessionId);
    if (sessions.size > 0) this.#owners.set(ownerId, sessions);
    return { ownerId, sessionId };
  }

  /** Takes all, in the order of turns. */
  clear(): Doorbell[] {
    const bells: Doorbell[] = [];
    for (const [ownerId, sessions] of this.#owners) {
      for (const sessionId of sessions) bells.push({ ownerId, sessionId });
    }
    this.#owners.clear();
    return bells;
  }

  #next(runningOf: RunningOf): string | undefined {
    let next: string | undefined;
    let fewest = Infinity;
    for (const ownerId of this.#owners.keys()) {
      const running = runningOf(ownerId);
      if (running >= fewest) continue;
      next = ownerId;
      fewest = running;
      if (running === 0) break;
    }
    return next;
  }
}
