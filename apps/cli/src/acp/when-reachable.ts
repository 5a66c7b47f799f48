import { setTimeout as delay } from "node:timers/promises";
import { isApiError, TrunklineConnectionError } from "@trunkline/client";
import { ForeignAnswerError } from "../server/checked-fetch.ts";

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5_000;

/** Tries in which something that a log announces comes into being. */
const APPEARANCES = 20;

/** Calls again for as long as the server is away: only for calls that count once, however often they arrive. */
export async function whenReachable<Result>(
  call: () => Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  return again(call, signal, isAway);
}

/** Calls again while there is no such thing yet: a log may tell of a session a moment before it exists. */
export async function onceThere(call: () => Promise<void>, signal: AbortSignal): Promise<void> {
  return again(call, signal, (error, tries) => isApiError(error, "not_found") && tries < APPEARANCES);
}

/** @param isPassing whether what the call threw may be over by the next try */
async function again<Result>(
  call: () => Promise<Result>,
  signal: AbortSignal,
  isPassing: (error: unknown, tries: number) => boolean,
): Promise<Result> {
  for (let tries = 1, waitMs = FIRST_WAIT_MS; ; tries++) {
    try {
      return await call();
    } catch (error) {
      if (!isPassing(error, tries)) throw error;
    }
    await delay(waitMs, undefined, { signal });
    waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2);
  }
}

function isAway(error: unknown): boolean {
  // Another program does not turn into a server.
  if (error instanceof ForeignAnswerError) return false;
  return error instanceof TrunklineConnectionError || isApiError(error, "unavailable");
}
