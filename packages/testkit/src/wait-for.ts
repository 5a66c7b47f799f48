import { once, type EventEmitter } from "node:events";
import { setTimeout as wait } from "node:timers/promises";

/** How long a test waits for something that should happen, in milliseconds, unless it says otherwise. */
export const DEFAULT_DEADLINE_MS = 10_000;

/** What was waited for did not come. The message says what it was. */
export class DeadlineError extends Error {
  override readonly name = "DeadlineError";
}

export interface WaitOptions {
  timeoutMs?: number;
}

/**
 * Resolves as the promise does.
 * @throws DeadlineError when it takes longer; the promise itself is left alone.
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

/** Resolves with the arguments of the emitter's next such event; rejects on `error` and on the deadline. */
export function waitForEvent(
  emitter: EventEmitter,
  event: string,
  options: WaitOptions = {},
): Promise<unknown[]> {
  return withDeadline(`the event '${event}'`, once(emitter, event), options);
}

/**
 * Polls until the condition gives something truthy, and resolves with it. For what announces itself to nobody (a file,
 * a process table, a row); where there is an event, wait for that.
 * @throws DeadlineError, and whatever the condition throws, at once.
 */
export async function waitFor<T>(
  what: string,
  condition: () => T | Promise<T>,
  options: WaitOptions & { intervalMs?: number } = {},
): Promise<Exclude<T, false | null | undefined | 0 | "">> {
  const poll = async (signal: AbortSignal) => {
    for (;;) {
      const value = await condition();
      if (value) return value as Exclude<T, false | null | undefined | 0 | "">;
      await wait(options.intervalMs ?? 10, undefined, { signal });
    }
  };
  const polling = new AbortController();
  try {
    return await withDeadline(what, poll(polling.signal), options);
  } finally {
    polling.abort();
  }
}

/**
 * Takes items until one satisfies the predicate, ends the iteration and resolves with all of them, that one included.
 * @throws DeadlineError with the number of items so far, and Error where the iteration ends before.
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
    // A generator that hangs in an await cannot return before that settles, so nobody waits for it here.
    iterator.return?.().then(undefined, () => undefined);
    if (!(error instanceof DeadlineError)) throw error;
    throw new DeadlineError(`${error.message}; ${collected.length} items came`, { cause: error });
  }
}
