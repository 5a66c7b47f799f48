import { STREAM_SILENCE_LIMIT_MS, type EventBatch } from "@trunkline/contract";
import { connectionOf, type TrunklineClient } from "./client.ts";
import { eventsAfter, readEventBatch } from "./event-batch.ts";
import { DEFAULT_BACKOFF, type Backoff } from "./stream/backoff.ts";
import { openSubscription } from "./stream/open-subscription.ts";
import { reconnecting, type StreamError } from "./stream/reconnecting.ts";

/** What a followed session is doing, for a line like "reconnecting in 3 s". */
export interface FollowState {
  /** `replaying` is history, `live` is the present; `waiting` comes before the next try to connect. */
  status: "connecting" | "replaying" | "live" | "waiting";
  /** Tries to connect since data last came, from 1; 0 while it comes. */
  attempt: number;
  /** How long `waiting` lasts, in milliseconds; 0 otherwise. */
  retryInMs: number;
  /** Why it waits. */
  error?: StreamError | undefined;
}

export interface FollowOptions {
  sessionId: string;
  /** Seq of the last event that the caller has; absent or 0: from the beginning. */
  after?: number | undefined;
  /** Ends the iteration; it returns, it does not throw. */
  signal?: AbortSignal | undefined;
  /** Called whenever the state changes, and not per batch. It must not throw. */
  onState?: ((state: FollowState) => void) | undefined;
  /** Silence after which a connection counts as dead, in milliseconds; the server pings well within the default. */
  silenceLimitMs?: number | undefined;
  /** Bounds of the wait between tries. */
  backoff?: Backoff | undefined;
  /** Source of the spread between clients; a number from 0 to below 1. */
  random?: (() => number) | undefined;
}

/**
 * Follows a session: all its events after the cursor, and then those that happen, in order, each exactly once, for as
 * long as you iterate. Lost connections, restarts of the server and answers like 503 only cause a pause.
 *
 * Each batch holds at least one event, except the one that says that a connection has caught up (`live: true`). The
 * session is read no faster than you iterate. To stop, abort the signal or leave the loop.
 *
 * @throws TrunklineApiError where asking again cannot help: no such session, a token that does not hold
 *
 * @example
 * for await (const { events, live } of followSession(client, { sessionId })) {
 *   for (const event of events) console.log(event.seq, event.type);
 * }
 */
export async function* followSession(
  client: TrunklineClient,
  {
    sessionId,
    after = 0,
    signal,
    onState = () => {},
    silenceLimitMs = STREAM_SILENCE_LIMIT_MS,
    backoff = DEFAULT_BACKOFF,
    random = Math.random,
  }: FollowOptions,
): AsyncGenerator<EventBatch, void> {
  const connection = connectionOf(client);
  let cursor = after;
  let status: FollowState["status"] | undefined;
  const report = (state: FollowState): void => {
    status = state.status;
    onState(state);
  };

  async function* connect(): AsyncGenerator<EventBatch> {
    const input = cursor === 0 ? { sessionId } : { sessionId, lastEventId: String(cursor) };
    const messages = openSubscription(connection, {
      path: "session.subscribe",
      input,
      signal,
      silenceLimitMs,
    });
    for await (const message of messages) yield readEventBatch(message);
  }

  const batches = reconnecting(connect, {
    signal,
    backoff,
    random,
    onConnecting: (attempt) => report({ status: "connecting", attempt, retryInMs: 0 }),
    onWaiting: (attempt, retryInMs, error) => report({ status: "waiting", attempt, retryInMs, error }),
  });

  for await (const batch of batches) {
    const events = eventsAfter(cursor, batch.events);
    const reached = batch.live ? "live" : "replaying";
    const caughtUp = reached === "live" && status !== "live";
    if (reached !== status) report({ status: reached, attempt: 0, retryInMs: 0 });
    if (events.length === 0 && !caughtUp) continue;
    cursor = events.at(-1)?.seq ?? cursor;
    yield { events, live: batch.live };
  }
}
