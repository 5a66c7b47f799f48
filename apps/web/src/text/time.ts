const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** Time of day; `at` is integer ms since the epoch, as everywhere. */
export const timeOfDay = (at: number): string => TIME.format(at);

/** Date and time, for titles of things that are shown shorter. */
export const moment = (at: number): string => MOMENT.format(at);

/** The first millisecond of the day that `now` is in, here. */
export function startOfDay(now: number): number {
  const day = new Date(now);
  day.setHours(0, 0, 0, 0);
  return day.getTime();
}
