import { useSyncExternalStore } from "react";

/** One timer for all that shows the passing time, and none while nothing does. */
class Ticker {
  #now = Date.now();
  #timer: ReturnType<typeof setInterval> | undefined;
  readonly #listeners = new Set<() => void>();
  readonly #intervalMs: number;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    this.#timer ??= setInterval(this.#tick, this.#intervalMs);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  };

  readonly #tick = (): void => {
    this.#now = Date.now();
    for (const listener of this.#listeners) listener();
  };

  readonly read = (): number => {
    // Without a timer nobody has kept it up to date.
    if (this.#timer === undefined && Date.now() - this.#now >= this.#intervalMs) this.#now = Date.now();
    return this.#now;
  };
}

const seconds = new Ticker(1_000);
const halfMinutes = new Ticker(30_000);
/** Pages are rendered without data, so nothing that passes is ever rendered on the server. */
const onServer = (): number => 0;

/** The present, in ms since the epoch, to the second. */
export function useNow(): number {
  return useSyncExternalStore(seconds.subscribe, seconds.read, onServer);
}

/** The same, for what changes by the minute. */
export function useNowByMinute(): number {
  return useSyncExternalStore(halfMinutes.subscribe, halfMinutes.read, onServer);
}
