import { once, type EventEmitter } from "node:events";
import { setTimeout as wait } from "node:timers/promises";

/** Default time that a test waits for something that should happen, in ms. */
export const DEFAULT_DEADLINE_MS = 120_000;

/** Between two looks, in ms, at first and at most. */
const FIRST_INTERVAL_MS = 10;
const LONGEST_INTERVAL_MS = 200;

/** What was waited for did not happen. The message says what it was. */
export class DeadlineError extends Error {
  override readonly name = "DeadlineError";
}

export interface WaitOptions {
  timeoutMs?: number;
}

/**
 * Settles like the promise.
 * @throws DeadlineError if it takes longer; the promise itself is left alone.
 */
export async function withDeadline<T>(
  what: string,
  promise: Promise<T>,
  options: WaitOptions = {},
): Promise<T> {
  const timeoutMs = options.timeoutMs ?? DEFAULT_DEADLINE_MS;
  const settled = new AbortController();
  const deadline = wait(timeoutMs, undefined, { signal: settled.signal }).then(() => {
    throw new DeadlineError(`waited ${timeoutMs} ms for ${what}`);
  });
  // Aborting the timer rejects it; the race is decided by then.
  deadline.catch(() => undefined);
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    settled.abort();
  }
}

/** Resolves with the arguments of the emitter's next such event; rejects on `error` and at the deadline. */
export function waitForEvent(
  emitter: EventEmitter,
  event: string,
  options: WaitOptions = {},
): Promise<unknown[]> {
  return withDeadline(`the event '${event}'`, once(emitter, event), options);
}

/**
 * Polls until the condition returns something truthy, and resolves with it. For changes without an event (a file, a
 * process table, a row); otherwise wait for the event.
 * @param options.intervalMs between two looks; default: by what they cost, since what they wait for needs the machine, too
 * @throws DeadlineError; whatever the condition throws, immediately.
 */
export async function waitFor<T>(
  what: string,
  condition: () => T | Promise<T>,
  options: WaitOptions & { intervalMs?: number } = {},
): Promise<Exclude<T, false | null | undefined | 0 | "">> {
  const startedAt = performance.now();
  const poll = async (signal: AbortSignal) => {
    for (;;) {
      const askedAt = performance.now();
      const answer = condition();
      const value = await answer;
      if (value) return value as Exclude<T, false | null | undefined | 0 | "">;
      const isCall = answer instanceof Promise;
      const intervalMs =
        options.intervalMs ?? (isCall ? nextInterval(startedAt, askedAt) : FIRST_INTERVAL_MS);
      await wait(intervalMs, undefined, { signal });
    }
  };
  const polling = new AbortController();
  try {
    return await withDeadline(what, poll(polling.signal), options);
  } finally {
    polling.abort();
  }
}

/** In ms: no more than a third of the time goes into looking, and what has come is seen a twentieth of its time late. */
function nextInterval(startedAt: number, askedAt: number): number {
  const now = performance.now();
  const wanted = Math.max(FIRST_INTERVAL_MS, (now - startedAt) / 20, 2 * (now - askedAt));
  return Math.min(wanted, LONGEST_INTERVAL_MS);
}

/**
 * Takes items until one satisfies the predicate, ends the iteration and resolves with all of them, including that one.
 * @throws DeadlineError with the number of items so far; Error if the iteration ends first.
 */
export async function collectUntil<T>(
  what: string,
  items: AsyncIterable<T>,
  predicate: (item: T) => boolean,
  options: WaitOptions = {},
): Promise<T[]> {
  const collected: T[] = [];
  const iterator = items[Symbol.asyncIterator]();
  const collect = async () => {
    for (;;) {
      const next = await iterator.next();
      if (next.done) throw new Error(`the iteration ended after ${collected.length} items, before ${what}`);
      collected.push(next.value);
      if (predicate(next.value)) return;
    }
  };
  try {
    await withDeadline(what, collect(), options);
    await iterator.return?.();
    return collected;
  } catch (error) {
    // A generator stuck in an await can't return before that settles, so don't wait for it.
    iterator.return?.().then(undefined, () => undefined);
    if (!(error instanceof DeadlineError)) throw error;
    throw new DeadlineError(`${error.message}; ${collected.length} items came`, { cause: error });
  }
}
