import { isApiError, TrunklineApiError } from "../api-error.ts";
import type { Connection } from "../connection.ts";
import { TrunklineConnectionError } from "../connection-error.ts";
import { readErrorShape } from "../error-shape.ts";
import { NetworkChangedError, onNetworkHint } from "./network-hints.ts";
import { mediaTypeOf, readRetryAfterMs } from "../answer-headers.ts";
import { SubscriptionMessages } from "./subscription-messages.ts";

export interface SubscriptionRequest {
  /** Name of the procedure, e.g. `session.subscribe`. */
  path: string;
  /** Undefined for a procedure without input. */
  input: unknown;
  signal: AbortSignal | undefined;
  /** A connection without a byte for this long counts as dead, in ms. */
  silenceLimitMs: number;
}

/**
 * One connection of a subscription, from the request to its end. Bytes are read only on demand, so a slow consumer
 * applies backpressure and nothing piles up here.
 *
 * Uses fetch: EventSource can't send headers and gives up for good on any status but 200.
 *
 * @throws TrunklineApiError if the server refuses, TrunklineConnectionError if the connection fails, goes silent or
 * ends: a subscription never ends in success
 */
export async function* openSubscription(
  { url, fetch, headers }: Connection,
  { path, input, signal, silenceLimitMs }: SubscriptionRequest,
): AsyncGenerator<unknown, never> {
  const request = new AbortController();
  const watch = watchSilence(silenceLimitMs, (reason) => request.abort(reason));
  const abort = (): void => request.abort(signal?.reason);
  signal?.addEventListener("abort", abort);
  if (signal?.aborted === true) abort();

  try {
    const query = input === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify(input))}`;
    const response = await watch.during(
      fetch(`${url}/trpc/${path}${query}`, {
        headers: { ...headers, accept: "text/event-stream" },
        cache: "no-store",
        signal: request.signal,
      }),
    );
    const body = await watch.during(checkResponse(response));
    const reader = body.getReader();
    const messages = new SubscriptionMessages();
    while (!messages.ended) {
      const { done, value } = await watch.during(reader.read());
      if (done) break;
      yield* messages.read(value);
    }
    throw new TrunklineConnectionError("The server ended the stream");
  } catch (error) {
    const cause: unknown = request.signal.aborted ? request.signal.reason : error;
    throw isApiError(cause) ? cause : TrunklineConnectionError.of(cause);
  } finally {
    signal?.removeEventListener("abort", abort);
    watch.stop();
    // Closes the socket, whether the consumer left or the server failed.
    request.abort();
  }
}

/** The idle timer that EventSource lacks: a half-open connection looks merely quiet for many minutes. */
function watchSilence(
  limitMs: number,
  giveUp: (reason: TrunklineConnectionError) => void,
): { during<T>(step: Promise<T>): Promise<T>; stop(): void } {
  let heardAt = Date.now();
  const stopHints = onNetworkHint((hint) => {
    // Timers pause while the machine sleeps; the wall clock doesn't.
    if (hint === "online" || Date.now() - heardAt > limitMs / 2) {
      giveUp(new NetworkChangedError());
    }
  });
  return {
    async during(step) {
      const timer = setTimeout(() => {
        giveUp(new TrunklineConnectionError(`No data received for ${limitMs / 1_000} s`));
      }, limitMs);
      try {
        return await step;
      } finally {
        clearTimeout(timer);
        heardAt = Date.now();
      }
    },
    stop: stopHints,
  };
}

async function checkResponse(response: Response): Promise<ReadableStream<Uint8Array>> {
  if (!response.ok) {
    throw new TrunklineApiError(readErrorShape(parseOrNull(await response.text()), response.status), {
      retryAfterMs: readRetryAfterMs(response.headers),
    });
  }
  const type = mediaTypeOf(response);
  if (type !== "text/event-stream" || response.body === null) {
    throw new TrunklineConnectionError(`Expected an event stream, got ${type ?? "no content type"}`);
  }
  return response.body;
}

/** Proxies respond with HTML, so only the status tells. */
function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
