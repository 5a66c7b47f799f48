import type { ActivityBatch, EventBatch, SessionEvent } from "@trunkline/contract";
import { toErrorAnswer } from "./error-answer.ts";
import type { StreamFormat, StreamFrame } from "./event-stream.ts";

/** Marks the end of history between batches. */
const CAUGHT_UP: EventBatch = { events: [], live: true };

const FRAME: StreamFrame = {
  opening: ": connected\n\n",
  ping: ": ping\n\n",
  // Not "error": EventSource has an event of that name, and reconnects on it.
  failure: (error) => `event: failure\ndata: ${toErrorAnswer(error).body}\n\n`,
};

/** A session over REST: one message per event, so that `Last-Event-ID` is exact, without an envelope. */
export const EVENT_FORMAT: StreamFormat = {
  ...FRAME,
  batch: ({ events }) => (events.length === 0 ? ": live\n\n" : events.map(eventMessage).join("")),
};

export const ACTIVITY_FRAME = FRAME;

export function activityMessage(batch: ActivityBatch): string {
  return `data: ${JSON.stringify(batch)}\n\n`;
}

/** Inserts a mark each time the follower has caught up. */
export async function* markingCaughtUp(batches: AsyncIterable<EventBatch>): AsyncGenerator<EventBatch, void> {
  let live = false;
  for await (const batch of batches) {
    if (batch.events.length > 0) yield batch;
    if (batch.live && !live) yield CAUGHT_UP;
    ({ live } = batch);
  }
}

function eventMessage(event: SessionEvent): string {
  return `id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`;
}
