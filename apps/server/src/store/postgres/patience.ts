import { setTimeout as delay } from "node:timers/promises";

const FIRST_DELAY_MS = 25;
const MAX_DELAY_MS = 1_000;

/**
 * How long to retry while the database is down. After that, each call gets a single attempt: callers must not pile up
 * behind a database that is gone.
 */
export class Patience {
  readonly #patienceMs: number;
  readonly #onChange: (isReachable: boolean, error?: unknown) => void;
  /** Monotonic, in ms; undefined while all is well. */
  #failingSince: number | undefined;

  /** @param onChange called when the database is lost or back. */
  constructor(patienceMs: number, onChange: (isReachable: boolean, error?: unknown) => void) {
    this.#patienceMs = patienceMs;
    this.#onChange = onChange;
  }

  succeeded(): void {
    if (this.#failingSince === undefined) return;
    this.#failingSince = undefined;
    this.#onChange(true);
  }

  /** Waits before a retry. @param tries so far. @returns false if there should be none. */
  async again(tries: number, error: unknown): Promise<boolean> {
    const now = performance.now();
    if (this.#failingSince === undefined) {
      this.#failingSince = now;
      this.#onChange(false, error);
    }
    const left = this.#failingSince + this.#patienceMs - now;
    if (left <= 0) return false;
    const longest = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (tries - 1));
    // Jitter: nodes that lost the database at once should not return at once.
    await delay(Math.min(left, longest * (0.5 + Math.random() / 2)));
    return true;
  }
}
