import { requireCallerStillMay } from "../fairness/caller.ts";

/** Lets so many of each owner's through at a time; the others wait, in their order. */
export class OwnerSlots {
  readonly #perOwner: number;
  readonly #taken = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();

  constructor(perOwner: number) {
    this.#perOwner = perOwner;
  }

  /**
   * @returns a slot, given back when disposed of
   * @throws TrunklineError `unauthorized` where the caller was shut out while they waited
   */
  async take(ownerId: string): Promise<Disposable> {
    const slot = { [Symbol.dispose]: () => this.#giveBack(ownerId) };
    const taken = this.#taken.get(ownerId) ?? 0;
    if (taken < this.#perOwner) {
      this.#taken.set(ownerId, taken + 1);
      return slot;
    }
    const turn = Promise.withResolvers<void>();
    const waiting = this.#waiting.get(ownerId) ?? [];
    this.#waiting.set(ownerId, [...waiting, turn.resolve]);
    await turn.promise;
    try {
      await requireCallerStillMay();
    } catch (error) {
      this.#giveBack(ownerId);
      throw error;
    }
    return slot;
  }

  /** To the next who waits, if anybody does. */
  #giveBack(ownerId: string): void {
    const [next, ...others] = this.#waiting.get(ownerId) ?? [];
    if (others.length > 0) this.#waiting.set(ownerId, others);
    else this.#waiting.delete(ownerId);
    if (next !== undefined) return next();
    const taken = (this.#taken.get(ownerId) ?? 1) - 1;
    if (taken > 0) this.#taken.set(ownerId, taken);
    else this.#taken.delete(ownerId);
  }
}
