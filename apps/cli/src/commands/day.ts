import { InvalidArgumentError } from "commander";
import { parseSpan } from "./option-values.ts";

/**
 * A day such as `2026-11-28`, by this machine's time zone, or a time ago such as `7d`.
 * @returns when it begins; ms since the epoch @throws InvalidArgumentError
 */
export function parseDay(text: string, nowMs = Date.now()): number {
  if (/^\d+[mhdw]$/.test(text)) return nowMs - parseSpan(text);
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  const date = new Date(Number(year), Number(month) - 1, Number(day));
  // 31 February is a date to JavaScript.
  if (date.getMonth() + 1 !== Number(month) || date.getDate() !== Number(day)) {
    throw new InvalidArgumentError("Use a day such as 2026-11-28, or a time ago such as 7d.");
  }
  return date.getTime();
}
