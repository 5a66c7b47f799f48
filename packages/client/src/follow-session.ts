import type { EventBatch } from "@trunkline/contract";
import { connectionOf, type TrunklineClient } from "./client.ts";
import { eventsAfter, readEventBatch } from "./event-batch.ts";
import { keepSubscribed } from "./stream/keep-subscribed.ts";
import type { FollowState, StreamOptions } from "./stream/stream-options.ts";

export interface FollowOptions extends StreamOptions {
  sessionId: string;
  /** Seq of the last event the caller has; absent or 0: from the beginning. */
  after?: number | undefined;
}

/**
 * Follows a session: all events after the cursor, then new ones as they happen, in order and exactly once, for as long
 * as you iterate. Lost connections, server restarts and responses like 503 only cause a pause.
 *
 * Each batch holds at least one event, except the one that reports having caught up (`live: true`). The session is read
 * no faster than you iterate. To stop, abort the signal or leave the loop.
 *
 * @throws TrunklineApiError if retrying can't help: no such session, or an invalid token
 *
 * @example
 * for await (const { events, live } of followSession(client, { sessionId })) {
 *   for (const event of events) console.log(event.seq, event.type);
 * }
 */
export async function* followSession(
  client: TrunklineClient,
  { sessionId, after = 0, onState = () => {}, ...options }: FollowOptions,
): AsyncGenerator<EventBatch, void> {
  let cursor = after;
  let status: FollowState["status"] | undefined;
  const report = (state: FollowState): void => {
    status = state.status;
    onState(state);
  };
  const subscription = {
    path: "session.subscribe",
    input: () => (cursor === 0 ? { sessionId } : { sessionId, lastEventId: String(cursor) }),
    read: readEventBatch,
  };

  for await (const batch of keepSubscribed(connectionOf(client), subscription, options, report)) {
    const events = eventsAfter(cursor, batch.events);
    const reached = batch.live ? "live" : "replaying";
    const caughtUp = reached === "live" && status !== "live";
    if (reached !== status) report({ status: reached, attempt: 0, retryInMs: 0 });
    if (events.length === 0 && !caughtUp) continue;
    cursor = events.at(-1)?.seq ?? cursor;
    yield { events, live: batch.live };
  }
}
