const FIRST_MS = 10_000;
const LONGEST_MS = 3_600_000;

/** @returns how long to wait after so many failures before: doubled each time, up to an hour, and spread so that not all come back at once. */
export function retryDelayMs(failures: number): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** failures);
  return Math.round(full * (0.75 + Math.random() / 4));
}
