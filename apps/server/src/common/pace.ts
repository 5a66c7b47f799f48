import { setTimeout as delay } from "node:timers/promises";

/** How fast messages are taken. */
export interface Speed {
  /** Bytes of a message that count as one more. */
  unitBytes: number;
  unitsPerSecond: number;
}

const SPEED: Speed = { unitBytes: 8_192, unitsPerSecond: 500 };
/** Values of a message that count as one more. */
const UNIT_VALUES = 256;
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
 * How fast messages of strangers are taken: they are parsed on the loop that everybody shares. Whoever is faster is read
 * later, and so has to wait.
 */
export class Pace {
  readonly #clock: PaceClock;
  readonly #speed: Speed;
  /** When all that was taken would have come at an even pace, in ms. */
  #evenUntil = 0;

  constructor(clock = CLOCK, speed = SPEED) {
    this.#clock = clock;
    this.#speed = speed;
  }

  /** Waits until so much may be taken. */
  async take(bytes: number, messages = 1, values = 0): Promise<void> {
    const { unitBytes, unitsPerSecond } = this.#speed;
    const units = messages + Math.floor(bytes / unitBytes) + Math.floor(values / UNIT_VALUES);
    const now = this.#clock.now();
    this.#evenUntil = Math.max(this.#evenUntil, now) + (units * 1_000) / unitsPerSecond;
    const waitMs = this.#evenUntil - now - BURST_MS;
    if (waitMs > 0) await this.#clock.wait(waitMs);
  }
}
