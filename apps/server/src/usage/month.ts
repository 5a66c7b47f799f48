/** The calendar month (UTC) of a time, both in ms since the epoch; `to` is the start of the next. */
export function monthOf(now: number): { name: string; from: number; to: number } {
  const date = new Date(now);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return {
    name: date.toISOString().slice(0, 7),
    from: Date.UTC(year, month),
    to: Date.UTC(year, month + 1),
  };
}
