/** Go's time.Time as printed or marshalled (RFC 3339 with nanoseconds); without a zone it is UTC. */
const TIMESTAMP =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,12}))?\s*(?:([Zz]|UTC)|([+-])(\d\d):?(\d\d))?(?:\s.*)?$/;

/** Go's zero time is in the year 1, and nothing in the original can be later than this. In ms. */
const LATEST_MS = Date.UTC(2100, 0, 1);

/**
 * @param value a timestamp as text, or as seconds, ms, µs or ns since the epoch, distinguished by magnitude
 * @returns integer ms since the epoch, truncated; null if it is not a plausible time
 */
export function parseTimestamp(value: unknown): number | null {
  if (typeof value === "number") return plausible(scaled(value));
  if (typeof value !== "string") return null;
  const text = value.trim();
  // Nanoseconds exceed the precision of a number.
  if (/^\d{18,20}$/.test(text)) return plausible(Number(text.slice(0, -6)));
  if (/^\d{9,17}$/.test(text)) return plausible(scaled(Number(text)));
  return plausible(parseText(text));
}

function parseText(text: string): number {
  const match = TIMESTAMP.exec(text);
  if (match === null) return Number.NaN;
  const [, year, month, day, hour, minute, second, fraction = "", , sign, offsetHour, offsetMinute] = match;
  const [y, mo, d] = [Number(year), Number(month), Number(day)];
  const [h, mi, s] = [Number(hour), Number(minute), Number(second)];
  const daysInMonth = new Date(Date.UTC(y, mo, 0)).getUTCDate();
  // 60 is a leap second.
  if (mo < 1 || mo > 12 || d < 1 || d > daysInMonth || h > 23 || mi > 59 || s > 60) return Number.NaN;
  const offsetMinutes = sign === undefined ? 0 : Number(offsetHour) * 60 + Number(offsetMinute);
  const milliseconds = Number(fraction.padEnd(3, "0").slice(0, 3));
  const utc = Date.UTC(y, mo - 1, d, h, mi, s, milliseconds);
  return utc - (sign === "-" ? -1 : 1) * offsetMinutes * 60_000;
}

function scaled(value: number): number {
  if (value >= 1e17) return value / 1e6;
  if (value >= 1e14) return value / 1e3;
  if (value >= 1e11) return value;
  return value * 1e3;
}

function plausible(ms: number): number | null {
  return Number.isFinite(ms) && ms > 0 && ms < LATEST_MS ? Math.floor(ms) : null;
}
