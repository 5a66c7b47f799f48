import { useSyncExternalStore } from "react";
import { onClockKnown, serverNow } from "../network/clock.ts";

/** One timer for everything that shows passing time, and none while nothing does. */
class Ticker {
  #now = 0;
  #readAt = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setInterval> | undefined;
  readonly #listeners = new Set<() => void>();
  readonly #intervalMs: number;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    this.#timer ??= setInterval(this.#tick, this.#intervalMs);
    const forget = onClockKnown(this.#tick);
    return () => {
      forget();
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  };

  readonly #tick = (): void => {
    this.#look();
    for (const listener of this.#listeners) listener();
  };

  #look(): void {
    this.#now = serverNow() ?? 0;
    this.#readAt = performance.now();
  }

  readonly read = (): number => {
    // Without a timer the value is stale, and the first caller may be early.
    if (this.#now === 0 || performance.now() - this.#readAt >= this.#intervalMs) this.#look();
    return this.#now;
  };
}

const seconds = new Ticker(1_000);
const halfMinutes = new Ticker(30_000);
/** Pages are rendered without data, so the server never renders a time. */
const onServer = (): number => 0;

/** Current time by the server's clock, in ms since the epoch, to the second; 0 while unknown. */
export function useNow(): number {
  return useSyncExternalStore(seconds.subscribe, seconds.read, onServer);
}

/** The same, to the minute. */
export function useNowByMinute(): number {
  return useSyncExternalStore(halfMinutes.subscribe, halfMinutes.read, onServer);
}
