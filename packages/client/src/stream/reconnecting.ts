import { isApiError, type TrunklineApiError } from "../api-error.ts";
import { TrunklineConnectionError } from "../connection-error.ts";
import { backoffMs, type Backoff } from "./backoff.ts";
import { isPageVisible, NetworkChangedError } from "./network-hints.ts";
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
      // Failures on the network from before say nothing about this one.
      if (error instanceof NetworkChangedError) {
        failures = 0;
        continue;
      }
      failures += 1;
      const asked = isApiError(error) ? (error.retryAfterMs ?? 0) : 0;
      const bounds = isPageVisible() && !isApiError(error) ? probing(backoff) : backoff;
      const retryInMs = Math.max(asked, backoffMs(failures, bounds, random()));
      onWaiting(failures, retryInMs, error);
      if (await waitForRetry(retryInMs, signal)) failures = 0;
    }
  }
}

/**
 * Without any answer the way to the server is cut, which browsers often don't notice, nor its end. Nobody who looks at the
 * page should wait long for it; the jitter stays, and a server that answers is given the time it needs.
 */
const probing = ({ minMs, maxMs }: Backoff): Backoff => ({ minMs, maxMs: Math.min(maxMs, PROBE_MAX_MS) });
const PROBE_MAX_MS = 1_000;

function isStreamError(error: unknown): error is StreamError {
  return isApiError(error) || error instanceof TrunklineConnectionError;
}

/** Client errors are permanent, except 408 (timeout), 425 (too early) and 429 (too many requests). */
function isFinal(error: StreamError): boolean {
  if (!isApiError(error)) return false;
  return error.httpStatus >= 400 && error.httpStatus < 500 && ![408, 425, 429].includes(error.httpStatus);
}
