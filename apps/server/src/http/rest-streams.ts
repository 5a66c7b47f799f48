import type { ServerResponse } from "node:http";
import type { TrackedEnvelope } from "@trpc/server";
import type { ActivityBatch, EventBatch } from "@trunkline/contract";
import { EventMessage } from "./event-message.ts";
import { BatchEncoder, type Connection, writeEventStream, writeMessages } from "./event-stream.ts";
import { ACTIVITY_FRAME, activityMessage, EVENT_FORMAT, markingCaughtUp } from "./rest-formats.ts";

/** Writes a subscription as server-sent events. */
export type WriteStream = (
  outgoing: ServerResponse,
  items: AsyncIterable<unknown>,
  connection: Connection,
) => Promise<void>;

/** Encoding of each subscription. */
export function createRestStreams(): Readonly<Record<string, WriteStream>> {
  const encoder = new BatchEncoder();
  return {
    async "session.subscribe"(outgoing, items, connection) {
      const batches = markingCaughtUp(untracked(items as AsyncIterable<TrackedEnvelope<EventBatch>>));
      await writeEventStream(outgoing, batches, { ...connection, format: EVENT_FORMAT, encoder, after: 0 });
    },
    async "activity.subscribe"(outgoing, items, connection) {
      const batches = items as AsyncIterable<ActivityBatch>;
      await writeMessages(outgoing, batches, {
        ...connection,
        frame: ACTIVITY_FRAME,
        encode: (batch) => new EventMessage(activityMessage(batch)),
      });
    },
  };
}

async function* untracked<Data>(envelopes: AsyncIterable<TrackedEnvelope<Data>>): AsyncGenerator<Data, void> {
  for await (const [, data] of envelopes) yield data;
}
