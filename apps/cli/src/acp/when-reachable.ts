import { setTimeout as delay } from "node:timers/promises";
import { isApiError, TrunklineConnectionError } from "@trunkline/client";

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5_000;

/** Calls again for as long as the server is away: only for calls that count once, however often they arrive. */
export async function whenReachable<Result>(
  call: () => Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)) {
    try {
      return await call();
    } catch (error) {
      const isAway =
        error instanceof TrunklineConnectionError || (isApiError(error) && error.reason === "unavailable");
      if (!isAway) throw error;
    }
    await delay(waitMs, undefined, { signal });
  }
}

/** Tries in which something that a log announces comes into being. */
const APPEARANCES = 20;

/** Calls again while there is no such thing yet: a log may tell of a session a moment before it exists. */
export async function onceThere(call: () => Promise<void>, signal: AbortSignal): Promise<void> {
  for (let attempt = 1, waitMs = FIRST_WAIT_MS; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (!isApiError(error) || error.reason !== "not_found" || attempt === APPEARANCES) throw error;
    }
    await delay(waitMs, undefined, { signal });
    waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2);
  }
}
