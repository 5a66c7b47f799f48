/** Whether a server asks its user in the middle of calls; outlives its connections. */
export interface AskingHabit {
  asks: boolean;
}

/**
 * Who works at a server. One that asks its user does not say during which call, so once it has asked, its calls of one user work
 * one after the other; a call that waits for an answer lets others work meanwhile.
 */
export class CallTurns {
  readonly #habit: AskingHabit;
  readonly #waiting: (() => void)[] = [];
  #working = 0;

  constructor(habit: AskingHabit) {
    this.#habit = habit;
  }

  /** @throws the signal's reason once aborted */
  async enter(signal: AbortSignal): Promise<void> {
    while (this.#habit.asks && this.#working > 0) {
      signal.throwIfAborted();
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      signal.addEventListener("abort", () => resolve(), { once: true });
      await promise;
    }
    signal.throwIfAborted();
    this.#working += 1;
  }

  leave(): void {
    this.#working -= 1;
    // All of them: one may have given up.
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
