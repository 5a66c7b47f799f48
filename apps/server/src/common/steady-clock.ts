/** A clock that is set back further than this was wrong before: it is followed. */
const MAX_AHEAD_MS = 24 * 3_600_000;
/** Share of its pace that the clock gives up while it is ahead: an hour is caught up with in less than three days. */
const SLOWDOWN = 1 / 64;

export interface SteadyClockDeps {
  /** Integer ms since the epoch, as the machine has it. */
  wallNow?: () => number;
  /** Monotonic time in ms. */
  monotonicNow?: () => number;
}

/**
 * The server's time of day. Like the machine's, except that it is never set back, within a day: where the machine's is,
 * this one continues a little slower until that has caught up. So lists stay in the order of events, and durations right.
 */
export class SteadyClock {
  readonly #wallNow: () => number;
  readonly #monotonicNow: () => number;
  #time: number;
  #asOf: number;

  constructor({ wallNow = Date.now, monotonicNow = () => performance.now() }: SteadyClockDeps = {}) {
    this.#wallNow = wallNow;
    this.#monotonicNow = monotonicNow;
    this.#time = wallNow();
    this.#asOf = monotonicNow();
  }

  /** Integer ms since the epoch. */
  readonly now = (): number => {
    const wall = this.#wallNow();
    const asOf = this.#monotonicNow();
    const slowed = this.#time + (asOf - this.#asOf) * (1 - SLOWDOWN);
    this.#time = slowed > wall && slowed - wall <= MAX_AHEAD_MS ? slowed : wall;
    this.#asOf = asOf;
    return Math.floor(this.#time);
  };

  /** It was this late already, when the server ran before. */
  notBefore(time: number): void {
    this.#time = Math.max(this.#time, time);
  }
}
