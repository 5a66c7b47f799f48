import type { FollowState, TrunklineClient } from "@trunkline/client";
import type { EventBatch, SessionEvent } from "@trunkline/contract";
import { Inbox } from "./inbox.ts";
import { campaign } from "./leadership.ts";
import { isPageHidden, onPageVisible } from "../network/page-visibility.ts";
import { readEvents } from "./read-events.ts";
import { readSession, type SourceOptions } from "./session-source.ts";
import { openTabChannel, type PlacedBatch } from "./tab-channel.ts";
import { ownName } from "../navigation/base-path.ts";

/** Interval at which a visible tab checks that the leader is alive, and how long it waits for a reply, in ms. */
const HELLO_INTERVAL_MS = 10_000;
const ANSWER_LIMIT_MS = 3_000;

/**
 * Like `followSession`, but all tabs of a browser share one connection: the leading tab reads and broadcasts. If it is
 * closed, hangs or is stopped, another takes over from its own cursor, so no tab misses an event or gets one twice.
 *
 * @throws TrunklineApiError if retrying can't help
 */
export async function* followShared(
  client: TrunklineClient,
  { sessionId, after, signal: wanted, onState }: SourceOptions,
): AsyncGenerator<EventBatch, void> {
  const left = new AbortController();
  const signal = AbortSignal.any([wanted, left.signal]);
  const inbox = new Inbox<PlacedBatch>();
  /** Highest seq put into the inbox, and the last reported state. */
  let received = after;
  let state: FollowState = { status: "connecting", attempt: 1, retryInMs: 0 };
  let leading = false;
  let heardAt = Date.now();

  const receive = (batch: PlacedBatch): void => {
    received = Math.max(received, batch.after, batch.events.at(-1)?.seq ?? 0);
    inbox.push(batch);
  };
  const channel = openTabChannel(sessionId, (message) => {
    heardAt = Date.now();
    if (message.type === "hello") {
      if (!leading) return;
      channel.post({ type: "state", state });
      channel.post({ type: "batch", batch: { after: received, events: [], live: state.status === "live" } });
    } else if (leading) {
      // This tab was taken for dead and woke up; its lost lock tells.
    } else if (message.type === "state") onState(message.state);
    else receive(message.batch);
  });

  const lead = async (term: AbortSignal): Promise<void> => {
    leading = true;
    try {
      const announce = (next: FollowState): void => {
        state = plain(next);
        onState(next);
        channel.post({ type: "state", state });
      };
      const batches = readSession(client, { sessionId, after: received, signal: term, onState: announce });
      for await (const batch of batches) {
        if (term.aborted) return;
        channel.post({ type: "batch", batch });
        receive(batch);
      }
    } finally {
      leading = false;
    }
  };
  const leadership = campaign(ownName(`trunkline:session:${sessionId}`), signal, lead, (error) =>
    inbox.fail(error),
  );

  const sayHello = (): void => {
    if (leading || isPageHidden()) return;
    const askedAt = Date.now();
    channel.post({ type: "hello" });
    setTimeout(() => {
      if (!leading && !signal.aborted && heardAt < askedAt) leadership.takeOver();
    }, ANSWER_LIMIT_MS);
  };
  sayHello();
  const greeting = setInterval(sayHello, HELLO_INTERVAL_MS);
  const stopWatching = onPageVisible(sayHello);
  const end = (): void => inbox.end();
  signal.addEventListener("abort", end);

  try {
    let cursor = after;
    for await (const batch of inbox) {
      if (signal.aborted) return;
      // Messages were sent before this tab listened.
      if (batch.after > cursor) {
        const missing = { sessionId, after: cursor, upTo: batch.after, signal };
        for await (const events of readEvents(client, missing)) yield { events, live: false };
        cursor = batch.after;
      }
      const events = eventsAfter(batch.events, cursor);
      cursor = events.at(-1)?.seq ?? cursor;
      if (events.length > 0 || batch.live) yield { events, live: batch.live };
    }
  } finally {
    left.abort();
    clearInterval(greeting);
    stopWatching();
    channel.close();
  }
}

const eventsAfter = (events: readonly SessionEvent[], after: number): SessionEvent[] =>
  events.filter(({ seq }) => seq > after);

/** Errors hold functions and responses, which can't be cloned to another tab. */
function plain({ status, attempt, retryInMs }: FollowState): FollowState {
  return { status, attempt, retryInMs };
}
