import { setTimeout as delay } from "node:timers/promises";

const FIRST_DELAY_MS = 25;
const MAX_DELAY_MS = 1_000;

/**
 * How long something is tried again while the database cannot be used. Whoever comes when that is over already gets one
 * try: callers must not queue up behind a database that is gone.
 */
export class Patience {
  readonly #patienceMs: number;
  readonly #onChange: (isReachable: boolean, error?: unknown) => void;
  /** By the monotonic clock, in ms; undefined while all is well. */
  #failingSince: number | undefined;

  /** @param onChange told when the database is lost, and when it is there again. */
  constructor(patienceMs: number, onChange: (isReachable: boolean, error?: unknown) => void) {
    this.#patienceMs = patienceMs;
    this.#onChange = onChange;
  }

  succeeded(): void {
    if (this.#failingSince === undefined) return;
    this.#failingSince = undefined;
    this.#onChange(true);
  }

  /** Waits before another try. @param tries so far. @returns false where there is to be none. */
  async again(tries: number, error: unknown): Promise<boolean> {
    const now = performance.now();
    if (this.#failingSince === undefined) {
      this.#failingSince = now;
      this.#onChange(false, error);
    }
    const left = this.#failingSince + this.#patienceMs - now;
    if (left <= 0) return false;
    const longest = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (tries - 1));
    // Nodes that lost the database at once do not come back at once.
    await delay(Math.min(left, longest * (0.5 + Math.random() / 2)));
    return true;
  }
}
