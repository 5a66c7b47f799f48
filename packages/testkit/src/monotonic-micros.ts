/**
 * Microseconds of the system's monotonic clock. Every process of one machine reads the same clock (CLOCK_MONOTONIC on
 * Linux), so a stamp taken here can be subtracted from one taken there; the zero point means nothing.
 */
export function monotonicMicros(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}
