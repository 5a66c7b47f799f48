/**
 * Microseconds of the system's monotonic clock, which all processes on a machine share (CLOCK_MONOTONIC on Linux), so
 * stamps from different processes are comparable; the zero point is arbitrary.
 */
export function monotonicMicros(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}
