import type { ServerResponse } from "node:http";
import { type EventBatch, PING_INTERVAL_MS } from "@trunkline/contract";
import { drained, EventMessage, needsDrain } from "./event-message.ts";

/** The framing of a stream. Its texts end with the blank line that ends an SSE message (WHATWG HTML). */
export interface StreamFrame {
  /** Sent immediately, so that the client knows it is connected; may be empty. */
  opening: string;
  ping: string;
  /** Sent last when the stream fails; tells the client whether to reconnect. */
  failure(error: unknown): string;
}

/** How a kind of stream encodes its batches. */
export interface StreamFormat extends StreamFrame {
  /** @param cursor seq of the newest event the client has after this batch. */
  batch(batch: EventBatch, cursor: number): string;
}

const HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache, no-transform",
  // Otherwise nginx would buffer events.
  "x-accel-buffering": "no",
  "x-content-type-options": "nosniff",
};

export interface Connection {
  signal: AbortSignal;
  /** Headers set by middleware, e.g. for an allowed origin. */
  headers: Headers;
  /** Receives the error of a failed stream, which the client may only see in part. */
  failed: (error: unknown) => void;
}

/** Writes batches of events like `writeMessages`. A batch shared by many followers is encoded once. */
export async function writeEventStream(
  response: ServerResponse,
  batches: AsyncIterable<EventBatch>,
  options: Connection & { format: StreamFormat; encoder: BatchEncoder; after: number },
): Promise<void> {
  const { format, encoder } = options;
  let cursor = options.after;
  await writeMessages(response, batches, {
    ...options,
    frame: format,
    encode(batch) {
      cursor = batch.events.at(-1)?.seq ?? cursor;
      return encoder.encode(format, batch, cursor);
    },
  });
}

/**
 * Writes items to a response as they arrive, until they or the connection end. If a client does not read, the source is
 * not pulled: whatever it has not taken stays in the log.
 */
export async function writeMessages<Item>(
  response: ServerResponse,
  items: AsyncIterable<Item>,
  options: Connection & { frame: StreamFrame; encode: (item: Item) => EventMessage },
): Promise<void> {
  const { frame, encode, signal } = options;
  response.setHeaders(options.headers);
  response.writeHead(200, HEADERS);
  response.write(frame.opening);
  let lastWriteAt = performance.now();
  const ping = setInterval(() => {
    if (needsDrain(response) || performance.now() - lastWriteAt < PING_INTERVAL_MS / 2) return;
    new EventMessage(frame.ping).writeTo(response);
  }, PING_INTERVAL_MS);
  try {
    for await (const item of items) {
      lastWriteAt = performance.now();
      if (!encode(item).writeTo(response)) await drained(response, signal);
    }
  } catch (error) {
    if (!signal.aborted) {
      options.failed(error);
      new EventMessage(frame.failure(error)).writeTo(response);
    }
  } finally {
    clearInterval(ping);
    response.end();
  }
}

/** Caches the encoding of live batches, whose event arrays are shared by all followers that keep up. */
export class BatchEncoder {
  readonly #messages = new Map<StreamFormat, WeakMap<readonly unknown[], EventMessage>>();

  encode(format: StreamFormat, batch: EventBatch, cursor: number): EventMessage {
    // A replayed page belongs to one follower, and an empty array does not determine its cursor.
    if (!batch.live || batch.events.length === 0) return toMessage(format, batch, cursor);
    let known = this.#messages.get(format);
    if (known === undefined) {
      known = new WeakMap();
      this.#messages.set(format, known);
    }
    let message = known.get(batch.events);
    if (message === undefined) {
      message = toMessage(format, batch, cursor);
      known.set(batch.events, message);
    }
    return message;
  }
}

/** Maximum events per message: a connection that keeps breaking still makes progress, message by message. */
const MESSAGE_EVENTS = 64;

function toMessage(format: StreamFormat, { events, live }: EventBatch, cursor: number): EventMessage {
  if (events.length <= MESSAGE_EVENTS) return new EventMessage(format.batch({ events, live }, cursor));
  const messages: string[] = [];
  for (let start = 0; start < events.length; start += MESSAGE_EVENTS) {
    const part = events.slice(start, start + MESSAGE_EVENTS);
    const isLast = start + MESSAGE_EVENTS >= events.length;
    messages.push(format.batch({ events: part, live: live && isLast }, part.at(-1)?.seq ?? cursor));
  }
  return new EventMessage(messages.join(""));
}
