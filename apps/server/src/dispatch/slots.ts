/** One in this many slots is reserved for owners with nothing running. */
const SLOTS_PER_KEPT_ONE = 4;

/**
 * Who holds the slots. While the server is shared, a quarter of them (at least one, if there are two or more) is
 * reserved for owners with nothing running: one owner's long tasks never keep another waiting. Each further active
 * owner uses up one of those reserved, so with many owners all slots are used, and whoever has nothing running gets the
 * next one. A single slot can't be shared: it goes next to whoever has nothing running.
 */
export class Slots {
  readonly #concurrency: number;
  readonly #isShared: () => boolean;
  /** Running sessions by owner. */
  readonly #running = new Map<string, number>();
  #taken = 0;

  constructor(concurrency: number, isShared: () => boolean) {
    this.#concurrency = concurrency;
    this.#isShared = isShared;
  }

  get isFull(): boolean {
    return this.#taken >= this.#concurrency;
  }

  get free(): number {
    return this.#concurrency - this.#taken;
  }

  /** Owners with something running. */
  get owners(): string[] {
    return [...this.#running.keys()];
  }

  readonly runningOf = (ownerId: string): number => this.#running.get(ownerId) ?? 0;

  /** Whether the owner may have another one. */
  readonly mayTake = (ownerId: string): boolean => {
    if (this.isFull) return false;
    return this.runningOf(ownerId) === 0 || this.#taken < this.#concurrency - this.#kept();
  };

  take(ownerId: string): void {
    this.#running.set(ownerId, this.runningOf(ownerId) + 1);
    this.#taken += 1;
  }

  give(ownerId: string): void {
    const running = this.runningOf(ownerId) - 1;
    if (running > 0) this.#running.set(ownerId, running);
    else this.#running.delete(ownerId);
    this.#taken -= 1;
  }

  #kept(): number {
    if (!this.#isShared() || this.#concurrency === 1) return 0;
    const kept = Math.max(1, Math.floor(this.#concurrency / SLOTS_PER_KEPT_ONE));
    return Math.max(0, kept - (this.#running.size - 1));
  }
}
