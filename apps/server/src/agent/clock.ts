/** Time and randomness of a run, injected so that tests can control both. */
export interface Clock {
  /** Monotonic time in ms, not the time of day. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason as soon as it aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  /** Time of day: integer ms since the epoch. */
  date(): number;
  /** From 0 to below 1. */
  random(): number;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wait,
  date: () => Date.now(),
  random: () => Math.random(),
};

/** Cheaper than Node's, which makes an AbortError with its stack for each wait that is given up, and nobody reads it. */
async function wait(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const onAbort = (): void => resolve();
  signal.addEventListener("abort", onAbort, { once: true });
  await over;
  clearTimeout(timer);
  signal.removeEventListener("abort", onAbort);
  signal.throwIfAborted();
}
