const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** @returns a duration, e.g. `12 ms`, `1.4 s`, `2 min 05 s`, `3 h 02 min`. */
export function formatDuration(ms: number): string {
  if (ms < 100) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < MINUTE_MS - 50) return `${(ms / SECOND_MS).toFixed(1)} s`;
  if (ms < HOUR_MS) return twoUnits(ms, MINUTE_MS, "min", SECOND_MS, "s");
  return twoUnits(ms, HOUR_MS, "h", MINUTE_MS, "min");
}

/** @returns a time ago in its largest unit: `now`, `42 s`, `5 min`, `3 h`, `12 d`. */
export function formatAge(ms: number): string {
  if (ms < SECOND_MS) return "now";
  if (ms < MINUTE_MS) return `${Math.floor(ms / SECOND_MS)} s`;
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`;
  if (ms < DAY_MS) return `${Math.floor(ms / HOUR_MS)} h`;
  return `${Math.floor(ms / DAY_MS)} d`;
}

function twoUnits(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const total = Math.round(ms / small);
  const perLarge = large / small;
  const rest = String(total % perLarge).padStart(2, "0");
  return `${Math.floor(total / perLarge)} ${largeName} ${rest} ${smallName}`;
}
