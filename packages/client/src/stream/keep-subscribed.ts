import { STREAM_SILENCE_LIMIT_MS } from "@trunkline/contract";
import type { Connection } from "../connection.ts";
import { DEFAULT_BACKOFF } from "./backoff.ts";
import { openSubscription } from "./open-subscription.ts";
import { reconnecting } from "./reconnecting.ts";
import type { FollowState, StreamOptions } from "./stream-options.ts";

/** What to subscribe to. */
export interface Subscription<T> {
  /** Name of the procedure, e.g. `session.subscribe`. */
  path: string;
  /**
   * Called for each connection, so that it resumes where the last one stopped; undefined for a procedure without input.
   */
  input(): unknown;
  /** Validates one message. @throws TrunklineConnectionError */
  read(message: unknown): T;
}

/**
 * The messages of a subscription, across reconnects.
 *
 * @param report called when connecting or waiting
 * @throws TrunklineApiError if retrying can't help
 */
export function keepSubscribed<T>(
  connection: Connection,
  { path, input, read }: Subscription<T>,
  {
    signal,
    silenceLimitMs = STREAM_SILENCE_LIMIT_MS,
    backoff = DEFAULT_BACKOFF,
    random = Math.random,
  }: StreamOptions,
  report: (state: FollowState) => void,
): AsyncGenerator<T, void> {
  async function* connect(): AsyncGenerator<T> {
    const request = { path, input: input(), signal, silenceLimitMs };
    for await (const message of openSubscription(connection, request)) yield read(message);
  }
  return reconnecting(connect, {
    signal,
    backoff,
    random,
    onConnecting: (attempt) => report({ status: "connecting", attempt, retryInMs: 0 }),
    onWaiting: (attempt, retryInMs, error) => report({ status: "waiting", attempt, retryInMs, error }),
  });
}
