import { isPageHidden, onPageVisible } from "./page-visibility.ts";
import { placed } from "../navigation/base-path.ts";

/**
 * The server's clock, independent of this machine's clock and of changes to it. The page measures time by
 * `performance.now()`; the server's answers tell the offset, within bounds that narrow.
 */
let least = Number.NEGATIVE_INFINITY;
let most = Number.POSITIVE_INFINITY;
let failed = false;
const whenKnown = new Set<() => void>();

/** Calls back once the server's time is known. @returns a function that stops it. */
export function onClockKnown(listener: () => void): () => void {
  if (serverNow() === null) whenKnown.add(listener);
  return () => whenKnown.delete(listener);
}

function tellKnown(): void {
  for (const listener of whenKnown) listener();
  whenKnown.clear();
}

/** Resolution of the `date` header (RFC 9110, 5.6.7), in ms. */
const SECOND = 1_000;

/** @returns the server's time in integer ms since the epoch; null before it is known. */
export function serverNow(): number | null {
  if (least === Number.NEGATIVE_INFINITY && most === Number.POSITIVE_INFINITY)
    return failed ? Date.now() : null;
  const offset =
    most === Number.POSITIVE_INFINITY
      ? least
      : least === Number.NEGATIVE_INFINITY
        ? most
        : (least + most) / 2;
  return Math.round(performance.now() + offset);
}

/** The same, falling back to this machine's clock. */
export const now = (): number => serverNow() ?? Date.now();

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** @returns a moment for an expiry; in whole minutes, so that who asks twice at once asks for the same. */
export const inDays = (days: number): number => Math.ceil((now() + days * DAY) / MINUTE) * MINUTE;

/** @param at of an event that has just arrived, a lower bound of the server's time. */
export function noteEventTime(at: number): void {
  narrow(at - performance.now(), Number.POSITIVE_INFINITY);
}

/** Asks the server for its time. */
export async function askServerTime(): Promise<void> {
  const askedAt = performance.now();
  const answer = await fetch(placed("/health"), { cache: "no-store" }).catch(() => null);
  const date = Date.parse(answer?.headers.get("date") ?? "");
  if (Number.isNaN(date)) {
    failed = true;
    tellKnown();
  } else narrow(date - performance.now(), date + SECOND - askedAt);
}

function narrow(from: number, to: number): void {
  // A clock was set: earlier bounds are invalid.
  const isAnew = from > most || to < least;
  least = isAnew ? from : Math.max(least, from);
  most = isAnew ? to : Math.min(most, to);
  tellKnown();
}

/** Asked periodically: a machine that slept may have stopped its clocks. In ms. */
const INTERVAL_MS = 60_000;

/** @returns a function that stops it. */
export function watchServerTime(): () => void {
  void askServerTime();
  const timer = setInterval(() => {
    if (!isPageHidden()) void askServerTime();
  }, INTERVAL_MS);
  const stop = onPageVisible(() => void askServerTime());
  return () => {
    clearInterval(timer);
    stop();
  };
}
