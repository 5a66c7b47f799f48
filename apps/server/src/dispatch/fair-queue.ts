import type { Doorbell } from "./port.ts";

/** Sessions waiting for a slot: owners take turns, and each owner's sessions go in the order they were rung. */
export class FairQueue {
  /** Insertion order is the order of turns: the owner who was served goes to the end. */
  readonly #owners = new Map<string, Set<string>>();

  add({ ownerId, sessionId }: Doorbell): void {
    const sessions = this.#owners.get(ownerId);
    if (sessions === undefined) this.#owners.set(ownerId, new Set([sessionId]));
    else sessions.add(sessionId);
  }

  take(): Doorbell | undefined {
    for (const [ownerId, sessions] of this.#owners) {
      this.#owners.delete(ownerId);
      const [sessionId] = sessions;
      if (sessionId === undefined) continue;
      sessions.delete(sessionId);
      if (sessions.size > 0) this.#owners.set(ownerId, sessions);
      return { ownerId, sessionId };
    }
    return undefined;
  }
}
