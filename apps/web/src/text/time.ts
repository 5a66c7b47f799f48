const CLOCK = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" } as const;
const TIME = new Intl.DateTimeFormat(undefined, CLOCK);
const EXACT = new Intl.DateTimeFormat(undefined, { ...CLOCK, fractionalSecondDigits: 3 });
const MOMENT = new Intl.DateTimeFormat(undefined, {
  dateStyle: "medium",
  timeStyle: "medium",
  hourCycle: "h23",
});

/** Time of day; `at` is integer ms since the epoch. */
export const timeOfDay = (at: number): string => TIME.format(at);

/** The same, to the millisecond. */
export const exactTime = (at: number): string => EXACT.format(at);

/** Date and time, for tooltips. */
export const moment = (at: number): string => MOMENT.format(at);

/** Start of the local day of `now`. */
export function startOfDay(now: number): number {
  const day = new Date(now);
  day.setHours(0, 0, 0, 0);
  return day.getTime();
}
