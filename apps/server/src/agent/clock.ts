import { setTimeout as wait } from "node:timers/promises";

/** Time and randomness of a run, injected so that tests can control both. */
export interface Clock {
  /** Monotonic time in ms, not the time of day. */
  now(): number;
  /** Resolves after `ms`; rejects immediately when the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  /** Time of day: integer ms since the epoch. */
  date(): number;
  /** From 0 to below 1. */
  random(): number;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wait: (ms, signal) => wait(ms, undefined, { signal }),
  date: () => Date.now(),
  random: () => Math.random(),
};
