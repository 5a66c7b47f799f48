import { createParser, type EventSourceMessage } from "eventsource-parser";
import { TrunklineApiError } from "../api-error.ts";
import { TrunklineConnectionError } from "../connection-error.ts";
import { readErrorShape } from "../error-shape.ts";

/** Longest message to buffer, in UTF-16 code units; far above the largest page of events. */
const MAX_MESSAGE_LENGTH = 64 * 1024 * 1024;

/**
 * The receiving half of tRPC's subscription protocol over server-sent events (`stream/sse.ts` in `@trpc/server`), for
 * one connection: bytes in, data out.
 *
 * A message counts once its blank line has arrived (WHATWG HTML, section 9.2.6), so a connection cut in the middle of a
 * message delivers nothing of it.
 */
export class SubscriptionMessages {
  /** True once the server has ended the subscription. */
  ended = false;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  readonly #parser = createParser({
    maxBufferSize: MAX_MESSAGE_LENGTH,
    onEvent: (message) => this.#pending.push(message),
    onError: (error) => {
      // Unknown fields are ignored, but a message must not grow without end.
      if (error.type === "max-buffer-size-exceeded") throw error;
    },
  });
  #pending: EventSourceMessage[] = [];

  /**
   * @returns the data of the messages that these bytes complete, parsed, in order
   * @throws TrunklineConnectionError if this is not such a stream, TrunklineApiError if the server ends the
   * subscription with an error
   */
  *read(bytes: Uint8Array): Generator {
    this.#feed(bytes);
    const messages = this.#pending;
    this.#pending = [];
    for (const { event, data } of messages) {
      if (event === undefined || event === "message") yield parseJson(data);
      else if (event === "serialized-error")
        throw new TrunklineApiError(readErrorShape(parseJson(data), 500));
      else if (event === "return") this.ended = true;
      // `connected` and `ping` only show that the connection is alive; `restore-id` is for EventSource; a newer server
      // may send others.
    }
  }

  #feed(bytes: Uint8Array): void {
    try {
      this.#parser.feed(this.#decoder.decode(bytes, { stream: true }));
    } catch (error) {
      throw new TrunklineConnectionError("The stream is malformed", asError(error));
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TrunklineConnectionError("The stream is malformed", asError(error));
  }
}

function asError(value: unknown): Error {
  return value instanceof Error ? value : new Error(String(value));
}
