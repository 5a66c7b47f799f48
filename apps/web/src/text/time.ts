/** Made at its first use: each takes milliseconds to make, which the first paint would wait for. */
function formatOf(options: Intl.DateTimeFormatOptions): (at: number) => string {
  let format: Intl.DateTimeFormat | undefined;
  return (at) => (format ??= new Intl.DateTimeFormat(undefined, options)).format(at);
}

const two = (number: number): string => String(number).padStart(2, "0");

/** Local time of day; `at` is integer ms since the epoch. */
export function timeOfDay(at: number): string {
  const day = new Date(at);
  return [day.getHours(), day.getMinutes(), day.getSeconds()].map(two).join(":");
}

/** The same, to the millisecond. */
export const exactTime = formatOf({
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
  hourCycle: "h23",
});

/** Date and time, for tooltips. */
export const moment = formatOf({ dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" });

/** Start of the local day of `now`. */
export function startOfDay(now: number): number {
  const day = new Date(now);
  day.setHours(0, 0, 0, 0);
  return day.getTime();
}
