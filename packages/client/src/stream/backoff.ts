/** Bounds of the delay between connection attempts, in ms. */
export interface Backoff {
  minMs: number;
  maxMs: number;
}

export const DEFAULT_BACKOFF: Backoff = { minMs: 250, maxMs: 10_000 };

/**
 * Delay before the next attempt: random between the minimum and a bound that doubles with each failure, up to the
 * maximum. The jitter keeps clients that lost the same server from reconnecting all at once.
 *
 * @param failures failed attempts in a row, from 1
 * @param random from 0 to below 1
 */
export function backoffMs(failures: number, { minMs, maxMs }: Backoff, random: number): number {
  const bound = Math.min(maxMs, minMs * 2 ** Math.min(failures, 30));
  return Math.round(minMs + random * Math.max(0, bound - minMs));
}
