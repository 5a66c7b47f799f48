interface Owner {
  used: number;
  /** In their order. */
  waiting: Set<Waiting>;
}

interface Waiting {
  bytes: number;
  resolve(): void;
}

/** So many bytes of each owner's at a time; whoever finds no room waits, in order. */
export class ByteBudget {
  readonly #perOwner: number;
  readonly #owners = new Map<string, Owner>();

  constructor(perOwner: number) {
    this.#perOwner = perOwner;
  }

  /** Owners that have something. */
  get size(): number {
    return this.#owners.size;
  }

  /**
   * @param bytes more than the budget is taken for all of it
   * @param signal gives the place up
   * @returns what was taken, given back when disposed of
   * @throws the signal's reason
   */
  async take(ownerId: string, bytes: number, signal: AbortSignal): Promise<Disposable> {
    signal.throwIfAborted();
    const wanted = Math.min(bytes, this.#perOwner);
    const owner = this.#owners.get(ownerId) ?? { used: 0, waiting: new Set() };
    this.#owners.set(ownerId, owner);
    if (owner.waiting.size === 0 && owner.used + wanted <= this.#perOwner) owner.used += wanted;
    else await this.#wait(ownerId, owner, wanted, signal);
    return { [Symbol.dispose]: () => this.#giveBack(ownerId, owner, wanted) };
  }

  async #wait(ownerId: string, owner: Owner, bytes: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting = { bytes, resolve };
    const leave = (): void => {
      // The others may fit now.
      if (owner.waiting.delete(waiting)) this.#giveBack(ownerId, owner, 0);
      reject(signal.reason as Error);
    };
    owner.waiting.add(waiting);
    signal.addEventListener("abort", leave, { once: true });
    try {
      await promise;
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }

  #giveBack(ownerId: string, owner: Owner, bytes: number): void {
    owner.used -= bytes;
    for (const next of owner.waiting) {
      if (owner.used + next.bytes > this.#perOwner) return;
      owner.waiting.delete(next);
      owner.used += next.bytes;
      next.resolve();
    }
    if (owner.used === 0) this.#owners.delete(ownerId);
  }
}
