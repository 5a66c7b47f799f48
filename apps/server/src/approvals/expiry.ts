import type { Logger } from "pino";

export interface ExpiryDeps {
  /** @returns when the next open request expires, ms since the epoch; null if none is open. */
  nextExpiry(): Promise<number | null>;
  /** Settles requests expired by `now`. */
  expireDue(now: number): Promise<void>;
  now: () => number;
  /** Resolves after `ms`; rejects when the signal aborts. */
  wait: (ms: number, signal: AbortSignal) => Promise<void>;
  logger: Logger;
}

export interface Expiry {
  start(): void;
  /** There is a new request. */
  wake(): void;
  stop(): Promise<void>;
}

/** The wall clock jumps, and timers sleep with the machine, so check this often, in ms. */
const LONGEST_WAIT_MS = 60_000;
/** Delay before a retry if the store failed, in ms. */
const RETRY_MS = 5_000;

/** Settles requests when they expire. Its only state is a timer; open requests and their expiry are rows. */
export function createExpiry({ nextExpiry, expireDue, now, wait, logger }: ExpiryDeps): Expiry {
  const stopped = new AbortController();
  let woken = new AbortController();
  let loop: Promise<void> | undefined;

  async function waitUnlessWoken(ms: number): Promise<void> {
    const signal = AbortSignal.any([stopped.signal, woken.signal]);
    await wait(ms, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }

  /** @returns how long nothing will expire, in ms. */
  async function look(): Promise<number> {
    const expiresAt = await nextExpiry();
    const left = expiresAt === null ? LONGEST_WAIT_MS : expiresAt - now();
    if (left > 0) return Math.min(left, LONGEST_WAIT_MS);
    await expireDue(now());
    return 0;
  }

  async function run(): Promise<void> {
    while (!stopped.signal.aborted) {
      // Before the query: a request stored during it triggers another look.
      if (woken.signal.aborted) woken = new AbortController();
      let idleMs = RETRY_MS;
      try {
        idleMs = await look();
      } catch (error) {
        if (stopped.signal.aborted) return;
        logger.warn({ err: error }, "expired approvals could not be closed; trying again");
      }
      if (idleMs > 0) await waitUnlessWoken(idleMs);
    }
  }

  return {
    start() {
      loop ??= run();
    },
    wake: () => woken.abort(),
    async stop() {
      stopped.abort();
      await loop;
    },
  };
}
