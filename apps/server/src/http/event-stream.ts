import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { type EventBatch, PING_INTERVAL_MS } from "@trunkline/contract";

/** What a stream says beside its messages. Its texts end with the blank line that ends an SSE message (WHATWG HTML). */
export interface StreamFrame {
  /** Sent at once, so that the client knows that it is connected; may be empty. */
  opening: string;
  ping: string;
  /** The stream's last words where it fails; the client decides by them whether to come back. */
  failure(error: unknown): string;
}

/** How batches look on one kind of stream. */
export interface StreamFormat extends StreamFrame {
  /** @param cursor seq of the newest event the client has with this batch. */
  batch(batch: EventBatch, cursor: number): string;
}

const HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache, no-transform",
  // nginx would hold events back to fill its buffers.
  "x-accel-buffering": "no",
  "x-content-type-options": "nosniff",
};

export interface Connection {
  signal: AbortSignal;
  /** What stands before the stream decided, e.g. for an allowed origin. */
  headers: Headers;
  /** Hears what the stream failed with, which its client may only learn in part. */
  failed: (error: unknown) => void;
}

/** Writes batches of events as `writeMessages` does. A batch that many followers get is turned into bytes once. */
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
 * Writes items to a response as they come, until they end or the connection does. A client that does not read stops
 * the source from being pulled: what it has not taken stays in the log.
 */
export async function writeMessages<Item>(
  response: ServerResponse,
  items: AsyncIterable<Item>,
  options: Connection & { frame: StreamFrame; encode: (item: Item) => string | Buffer },
): Promise<void> {
  const { frame, encode, signal } = options;
  response.setHeaders(options.headers);
  response.writeHead(200, HEADERS);
  response.write(frame.opening);
  let lastWriteAt = performance.now();
  const ping = setInterval(() => {
    if (response.writableNeedDrain || performance.now() - lastWriteAt < PING_INTERVAL_MS / 2) return;
    response.write(frame.ping);
  }, PING_INTERVAL_MS);
  try {
    for await (const item of items) {
      lastWriteAt = performance.now();
      if (!response.write(encode(item))) await drained(response, signal);
    }
  } catch (error) {
    if (!signal.aborted) {
      options.failed(error);
      response.write(frame.failure(error));
    }
  } finally {
    clearInterval(ping);
    response.end();
  }
}

async function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  try {
    await once(response, "drain", { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Remembers the bytes of live batches, whose event arrays all followers that keep up share. */
export class BatchEncoder {
  readonly #bytes = new Map<StreamFormat, WeakMap<readonly unknown[], Buffer>>();

  encode(format: StreamFormat, batch: EventBatch, cursor: number): Buffer {
    // Pages of a replay belong to one follower each, and an empty array says nothing of its cursor.
    if (!batch.live || batch.events.length === 0) return toBytes(format, batch, cursor);
    let known = this.#bytes.get(format);
    if (known === undefined) {
      known = new WeakMap();
      this.#bytes.set(format, known);
    }
    let bytes = known.get(batch.events);
    if (bytes === undefined) {
      bytes = toBytes(format, batch, cursor);
      known.set(batch.events, bytes);
    }
    return bytes;
  }
}

/** Events of one message: a line that is cut again and again still makes headway, message by message. */
const MESSAGE_EVENTS = 64;

function toBytes(format: StreamFormat, { events, live }: EventBatch, cursor: number): Buffer {
  if (events.length <= MESSAGE_EVENTS) return Buffer.from(format.batch({ events, live }, cursor));
  const messages: string[] = [];
  for (let start = 0; start < events.length; start += MESSAGE_EVENTS) {
    const part = events.slice(start, start + MESSAGE_EVENTS);
    const isLast = start + MESSAGE_EVENTS >= events.length;
    messages.push(format.batch({ events: part, live: live && isLast }, part.at(-1)?.seq ?? cursor));
  }
  return Buffer.from(messages.join(""));
}
