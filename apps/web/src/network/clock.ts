import { isPageHidden, onPageVisible } from "../session-stream/page-visibility.ts";

/**
 * The server's clock: what it says took two seconds, took two seconds, whatever this machine's clock says and whoever
 * sets it meanwhile. The page's own time runs by `performance.now()`; answers of the server say how far the two are
 * apart, within bounds that narrow.
 */
let least = Number.NEGATIVE_INFINITY;
let most = Number.POSITIVE_INFINITY;
let failed = false;
const whenKnown = new Set<() => void>();

/** Calls back once the server's time is known, if it is not yet. @returns what ends it. */
export function onClockKnown(listener: () => void): () => void {
  if (serverNow() === null) whenKnown.add(listener);
  return () => whenKnown.delete(listener);
}

function tellKnown(): void {
  for (const listener of whenKnown) listener();
  whenKnown.clear();
}

/** The header `date` leaves out what is less than a second (RFC 9110, 5.6.7), in ms. */
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

/** The same, with this machine's clock where the server's is not known. */
export const now = (): number => serverNow() ?? Date.now();

/** @param at of an event that has just come: the server's clock had got there. */
export function noteEventTime(at: number): void {
  narrow(at - performance.now(), Number.POSITIVE_INFINITY);
}

/** Asks the server what time it is. */
export async function askServerTime(): Promise<void> {
  const askedAt = performance.now();
  const answer = await fetch("/health", { cache: "no-store" }).catch(() => null);
  const date = Date.parse(answer?.headers.get("date") ?? "");
  if (Number.isNaN(date)) {
    failed = true;
    tellKnown();
  } else narrow(date - performance.now(), date + SECOND - askedAt);
}

function narrow(from: number, to: number): void {
  // One of the clocks was set: what was known of them before does not hold.
  const isAnew = from > most || to < least;
  least = isAnew ? from : Math.max(least, from);
  most = isAnew ? to : Math.min(most, to);
  tellKnown();
}

/** Asked again from time to time: a machine that slept may have stopped its clocks. In ms. */
const INTERVAL_MS = 60_000;

/** @returns what ends it. */
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
