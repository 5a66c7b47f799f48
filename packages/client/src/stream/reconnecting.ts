import { isApiError, type TrunklineApiError } from "../api-error.ts";
import { TrunklineConnectionError } from "../connection-error.ts";
import { backoffMs, type Backoff } from "./backoff.ts";
import { waitForRetry } from "./wait.ts";

/** Why a stream is not connected. */
export type StreamError = TrunklineApiError | TrunklineConnectionError;

export interface ReconnectOptions {
  signal: AbortSignal | undefined;
  backoff: Backoff;
  /** From 0 to below 1. */
  random: () => number;
  /** A connection attempt starts; `attempt` counts from 1 since the last data. */
  onConnecting(attempt: number): void;
  /** An attempt failed; the next one starts in `retryInMs`. */
  onWaiting(attempt: number, retryInMs: number, error: StreamError): void;
}

/**
 * Joins connections into one stream that ends only when the signal aborts. `open` is called for each connection and
 * must resume where the last one stopped.
 *
 * @throws TrunklineApiError if retrying can't help
 */
export async function* reconnecting<T>(
  open: () => AsyncIterable<T>,
  { signal, backoff, random, onConnecting, onWaiting }: ReconnectOptions,
): AsyncGenerator<T, void> {
  const aborted = (): boolean => signal?.aborted === true;
  let failures = 0;
  while (!aborted()) {
    onConnecting(failures + 1);
    try {
      for await (const value of open()) {
        failures = 0;
        yield value;
      }
    } catch (error) {
      if (aborted()) return;
      if (!isStreamError(error) || isFinal(error)) throw error;
      failures += 1;
      const asked = isApiError(error) ? (error.retryAfterMs ?? 0) : 0;
      const retryInMs = Math.max(asked, backoffMs(failures, backoff, random()));
      onWaiting(failures, retryInMs, error);
      await waitForRetry(retryInMs, signal);
    }
  }
}

function isStreamError(error: unknown): error is StreamError {
  return isApiError(error) || error instanceof TrunklineConnectionError;
}

/** Client errors are permanent, except 408 (timeout), 425 (too early) and 429 (too many requests). */
function isFinal(error: StreamError): boolean {
  if (!isApiError(error)) return false;
  return error.httpStatus >= 400 && error.httpStatus < 500 && ![408, 425, 429].includes(error.httpStatus);
}
