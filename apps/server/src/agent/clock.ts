import { setTimeout as wait } from "node:timers/promises";

/** Time and chance as a run sees them; handed in, so that a test can decide about both. */
export interface Clock {
  /** Milliseconds that only ever grow; not the time of day. */
  now(): number;
  /** Resolves after `ms`; rejects at once when the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  /** The time of day: integer ms since the epoch. */
  date(): number;
  /** From 0 up to, not including, 1. */
  random(): number;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wait: (ms, signal) => wait(ms, undefined, { signal }),
  date: () => Date.now(),
  random: () => Math.random(),
};
