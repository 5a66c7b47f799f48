/** Interval of comparing with the database's clock, in ms. */
const COMPARE_MS = 5_000;
/** Deviations beyond the round-trip time by less than this are ignored, in ms. */
const TOLERANCE_MS = 20;

export interface DatabaseClockDeps {
  /** @returns the database's time of day, ms since the epoch. */
  ask: () => Promise<number>;
  /** Monotonic time in ms. */
  monotonicNow: () => number;
}

/**
 * The database's clock, extrapolated by this node between two comparisons: deadlines set by one node and enforced by
 * another must not depend on whose clock is right.
 */
export class DatabaseClock {
  readonly #deps: DatabaseClockDeps;
  /** Offset from the monotonic clock. */
  #offsetMs = 0;
  #timer: NodeJS.Timeout | undefined;

  private constructor(deps: DatabaseClockDeps) {
    this.#deps = deps;
  }

  /** @throws what `ask` throws the first time. */
  static async start(deps: DatabaseClockDeps): Promise<DatabaseClock> {
    const clock = new DatabaseClock(deps);
    await clock.compare();
    clock.#timer = setInterval(() => {
      // While the database is down, the monotonic clock is enough.
      clock.compare().catch(() => undefined);
    }, COMPARE_MS);
    clock.#timer.unref();
    return clock;
  }

  /** Integer ms since the epoch. */
  readonly now = (): number => Math.round(this.#deps.monotonicNow() + this.#offsetMs);

  async compare(): Promise<void> {
    const { ask, monotonicNow } = this.#deps;
    const askedAt = monotonicNow();
    const time = await ask();
    const answeredAt = monotonicNow();
    const halfway = (askedAt + answeredAt) / 2;
    const error = time - (halfway + this.#offsetMs);
    if (Math.abs(error) > answeredAt - halfway + TOLERANCE_MS) this.#offsetMs += error;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
