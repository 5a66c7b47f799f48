import { now } from "../network/clock.ts";
import { startOfDay } from "../text/time.ts";

const DAY_MS = 86_400_000;

/** The last days, today included. The same all day, so that it names the same report. */
export function dayRange(days: number): { from: number; to: number } {
  const today = startOfDay(now());
  return { from: today - (days - 1) * DAY_MS, to: today + DAY_MS };
}

/** Of local time, now. */
export const minutesAheadOfUtc = (): number => -new Date(now()).getTimezoneOffset();

/** Part of the input that came from the provider's cache: `62%`. */
export function cachedShare({
  inputTokens,
  cachedInputTokens,
}: {
  inputTokens: number;
  cachedInputTokens: number;
}): string {
  if (inputTokens === 0) return "–";
  return `${Math.round((Math.min(cachedInputTokens, inputTokens) / inputTokens) * 100)}%`;
}

/** A limit as typed: undefined if empty, null if it is not a positive number. */
export function limitOf(text: string, isWhole: boolean): number | undefined | null {
  const trimmed = text.trim().replace(/^\$/, "");
  if (trimmed === "") return undefined;
  const value = Number(trimmed);
  return Number.isFinite(value) && value > 0 && (!isWhole || Number.isInteger(value)) ? value : null;
}
