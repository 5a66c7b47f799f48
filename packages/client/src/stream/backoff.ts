/** Bounds of the wait between two tries to connect, in milliseconds. */
export interface Backoff {
  minMs: number;
  maxMs: number;
}

export const DEFAULT_BACKOFF: Backoff = { minMs: 250, maxMs: 10_000 };

/**
 * How long to wait before the next try: anywhere between the minimum and a bound that doubles with each failure up to
 * the maximum. The spread keeps clients that lost the same server from coming back all at once.
 *
 * @param failures tries that failed in a row, from 1
 * @param random a number from 0 to below 1
 */
export function backoffMs(failures: number, { minMs, maxMs }: Backoff, random: number): number {
  const bound = Math.min(maxMs, minMs * 2 ** Math.min(failures, 30));
  return Math.round(minMs + random * Math.max(0, bound - minMs));
}
