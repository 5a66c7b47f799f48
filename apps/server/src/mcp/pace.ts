import { setTimeout as delay } from "node:timers/promises";

/** Bytes of a message that count as one more. */
const UNIT_BYTES = 8_192;
const UNITS_PER_SECOND = 500;
/** What may come at once, in ms of that. */
const BURST_MS = 1_000;

interface PaceClock {
  /** Monotonic ms. */
  now: () => number;
  wait: (ms: number, signal?: AbortSignal) => Promise<void>;
}

export const CLOCK: PaceClock = {
  now: () => performance.now(),
  wait: async (ms, signal) => delay(ms, undefined, { ref: false, ...(signal !== undefined && { signal }) }),
};

/**
 * How fast messages of strangers are taken: they are parsed on the loop that everybody shares. One for all servers of a user;
 * whoever is faster is read later, and so has to wait.
 */
export class Pace {
  readonly #clock: PaceClock;
  /** When all that was taken would have come at an even pace, in ms. */
  #evenUntil = 0;

  constructor(clock = CLOCK) {
    this.#clock = clock;
  }

  /** Waits until so much may be taken. */
  async take(bytes: number, messages = 1): Promise<void> {
    const units = messages + Math.floor(bytes / UNIT_BYTES);
    const now = this.#clock.now();
    this.#evenUntil = Math.max(this.#evenUntil, now) + (units * 1_000) / UNITS_PER_SECOND;
    const waitMs = this.#evenUntil - now - BURST_MS;
    if (waitMs > 0) await this.#clock.wait(waitMs);
  }
}
