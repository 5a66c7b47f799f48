import type { Slots } from "../slots.ts";
import type { SessionQueue, TakenSession } from "./session-queue.ts";

/**
 * Takes sessions from the queue in the order of `FairQueue`: first the owner with the fewest running on this node,
 * among equals each in turn, and each owner's sessions in the order they were rung. pg-boss keeps the latter; each
 * query excludes owners whose turn it is not.
 */
export class FairTake {
  readonly #queue: SessionQueue;
  readonly #slots: Slots;
  readonly #isShared: () => boolean;
  /** Owners who had their turn since everybody had one. */
  #served = new Set<string>();

  constructor(queue: SessionQueue, slots: Slots, isShared: () => boolean) {
    this.#queue = queue;
    this.#slots = slots;
    this.#isShared = isShared;
  }

  /** A slot of this owner's was taken or became free: everybody else's turn comes first. */
  served(ownerId: string): void {
    if (this.#isShared()) this.#served.add(ownerId);
  }

  /**
   * Takes what may start now, one by one, so that each is counted before the next is chosen.
   * @param start returns whether more may start.
   * @returns whether nothing at all was waiting.
   */
  async fill(start: (taken: TakenSession) => boolean): Promise<boolean> {
    if (!this.#isShared()) {
      this.#served.clear();
      const { free } = this.#slots;
      const taken = await this.#queue.take(free, []);
      for (const session of taken) start(session);
      return taken.length < free;
    }
    for (let level: number | undefined = 0; level !== undefined && !this.#slots.isFull;) {
      const barred = this.#barredAt(level);
      const later = this.#served.difference(barred);
      let [taken] = await this.#queue.take(1, [...barred, ...later]);
      if (taken === undefined && later.size > 0) {
        for (const ownerId of later) this.#served.delete(ownerId);
        [taken] = await this.#queue.take(1, [...barred]);
      }
      if (taken !== undefined) {
        if (!start(taken)) return false;
      } else if (barred.size === 0) return true;
      else level = this.#levelAfter(level);
    }
    return false;
  }

  /** Owners with more than this many running, and those who may not have another slot. */
  #barredAt(level: number): Set<string> {
    const { owners, runningOf, mayTake } = this.#slots;
    return new Set(owners.filter((ownerId) => runningOf(ownerId) > level || !mayTake(ownerId)));
  }

  #levelAfter(level: number): number | undefined {
    const { owners, runningOf, mayTake } = this.#slots;
    const levels = owners.filter(mayTake).map(runningOf);
    const higher = levels.filter((running) => running > level);
    return higher.length === 0 ? undefined : Math.min(...higher);
  }
}
