/** A clock that only the test advances. */
export class ManualClock {
  #now = 1_000_000;
  readonly #waiting = new Set<{ until: number; resolve: () => void }>();

  readonly now = (): number => this.#now;

  /** Resolves once that much time has passed; rejects when the signal aborts. */
  readonly wait = async (ms: number, signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter = { until: this.#now + ms, resolve };
    const onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener("abort", onAbort, { once: true });
    this.#waiting.add(waiter);
    try {
      await promise;
    } finally {
      this.#waiting.delete(waiter);
      signal.removeEventListener("abort", onAbort);
    }
  };

  advance(ms: number): void {
    this.#now += ms;
    for (const { until, resolve } of this.#waiting) if (until <= this.#now) resolve();
  }
}
