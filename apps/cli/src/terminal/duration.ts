const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** @returns how long something took, e.g. `12ms`, `1.4s`, `2m 05s`, `3h 02m`. */
export function formatDuration(ms: number): string {
  if (ms < 100) return `${Math.max(0, Math.round(ms))}ms`;
  if (ms < MINUTE_MS - 50) return `${(ms / SECOND_MS).toFixed(1)}s`;
  if (ms < HOUR_MS) return twoUnits(ms, MINUTE_MS, "m", SECOND_MS, "s");
  return twoUnits(ms, HOUR_MS, "h", MINUTE_MS, "m");
}

/** @returns how long ago something was, in its largest unit: `now`, `42s`, `5m`, `3h`, `12d`. */
export function formatAge(ms: number): string {
  if (ms < SECOND_MS) return "now";
  if (ms < MINUTE_MS) return `${Math.floor(ms / SECOND_MS)}s`;
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)}m`;
  if (ms < DAY_MS) return `${Math.floor(ms / HOUR_MS)}h`;
  return `${Math.floor(ms / DAY_MS)}d`;
}

function twoUnits(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const total = Math.round(ms / small);
  const perLarge = large / small;
  const rest = String(total % perLarge).padStart(2, "0");
  return `${Math.floor(total / perLarge)}${largeName} ${rest}${smallName}`;
}
