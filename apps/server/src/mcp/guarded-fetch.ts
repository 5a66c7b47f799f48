import { once } from "node:events";
import { type IncomingMessage, request as requestOver } from "node:http";
import { request as requestSecurely } from "node:https";
import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { Connect } from "../network/port.ts";
import { MAX_VALUES, ValueCount } from "../common/foreign-json.ts";
import { MAX_MESSAGE_BYTES, MessageTooLongError, TooManyValuesError } from "./message-too-long.ts";
import type { Pace } from "../common/pace.ts";

/** Until the head of a response, in ms. A call's own time-out may be shorter. */
const HEAD_TIMEOUT_MS = 610_000;
const CONNECT_TIMEOUT_MS = 20_000;

/** A response without a body (Fetch, "null body status"). */
const NO_BODY = new Set([101, 204, 205, 304]);

/**
 * `fetch` over connections of our own, so that each leads where the policy allows. It follows no redirect, keeps no cookie,
 * and bounds what it reads: a JSON body as a whole, a stream from one event to the next, and how many of those at once.
 */
export function createGuardedFetch(connect: Connect, pace: Pick<Pace, "take">): FetchLike {
  return async (address, init = {}) => {
    const url = new URL(address);
    const { body = null, method = "GET" } = init;
    if (body !== null && typeof body !== "string" && !(body instanceof URLSearchParams)) {
      throw new Error("Only texts are sent");
    }
    const signal = init.signal ?? new AbortController().signal;
    const socket = await connect(url, AbortSignal.any([signal, AbortSignal.timeout(CONNECT_TIMEOUT_MS)]));
    const headers = new Headers(init.headers);
    if (body instanceof URLSearchParams) {
      headers.set("content-type", "application/x-www-form-urlencoded;charset=UTF-8");
    }
    headers.set("accept-encoding", "identity");
    headers.set("user-agent", "Trunkline (MCP)");
    const send = url.protocol === "https:" ? requestSecurely : requestOver;
    const request = send(url, {
      method,
      headers: Object.fromEntries(headers),
      createConnection: () => socket,
      signal,
    });
    // Later errors are those of the body, which its reader gets.
    request.on("error", () => socket.destroy());
    request.end(body === null ? undefined : body.toString());
    const late = AbortSignal.timeout(HEAD_TIMEOUT_MS);
    let response: IncomingMessage;
    try {
      [response] = (await once(request, "response", { signal: late })) as [IncomingMessage];
    } catch (error) {
      socket.destroy();
      signal.throwIfAborted();
      throw late.aborted ? new Error("It did not answer in time") : error;
    }
    return toResponse(response, pace);
  };
}

function toResponse(incoming: IncomingMessage, pace: Pick<Pace, "take">): Response {
  const status = incoming.statusCode ?? 0;
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headersDistinct)) {
    for (const each of value ?? []) headers.append(name, each);
  }
  if (NO_BODY.has(status)) {
    incoming.resume();
    return new Response(null, { status, headers });
  }
  const isStream = headers.get("content-type")?.startsWith("text/event-stream") === true;
  const pieces = isStream ? eventsOf(incoming, pace) : wholeOf(incoming, pace);
  const body = streamOf(pieces, () => incoming.destroy());
  return new Response(body, { status, headers, statusText: incoming.statusMessage ?? "" });
}

/** @param leave ends it for whoever cancels: returning a generator waits for the piece that it waits for, maybe for ever. */
function streamOf(pieces: AsyncGenerator<Uint8Array, void>, leave: () => void): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
    cancel: leave,
  });
}

/** @throws BrokenConnectionError for more than is taken in one message */
async function* wholeOf(
  incoming: AsyncIterable<Buffer>,
  pace: Pick<Pace, "take">,
): AsyncGenerator<Uint8Array, void> {
  const message = new MessageSize();
  for await (const chunk of incoming) {
    for (const byte of chunk) message.take(byte);
    yield chunk;
  }
  await pace.take(message.bytes, 1, message.values);
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;
/** Events that are handed on before others get the loop. */
const EVENTS_AT_ONCE = 32;

/** A stream in pieces of few events, at that pace. @throws BrokenConnectionError for one event */
async function* eventsOf(
  incoming: AsyncIterable<Buffer>,
  pace: Pick<Pace, "take">,
): AsyncGenerator<Uint8Array, void> {
  let event = new MessageSize();
  let isAtLineStart = false;
  for await (const chunk of incoming) {
    let start = 0;
    let events = 0;
    let values = 0;
    for (const [index, byte] of chunk.entries()) {
      const before = event.values;
      event.take(byte);
      values += event.values - before;
      if (byte === RETURN) continue;
      // An empty line ends an event.
      if (byte === NEWLINE && isAtLineStart) {
        event = new MessageSize();
        events += 1;
      }
      isAtLineStart = byte === NEWLINE;
      if (events < EVENTS_AT_ONCE) continue;
      const end = index + 1;
      await pace.take(end - start, events, values);
      yield chunk.subarray(start, end);
      start = end;
      events = values = 0;
    }
    await pace.take(chunk.length - start, events, values);
    yield chunk.subarray(start);
  }
}

/** What parsing a message will take. */
class MessageSize {
  bytes = 0;
  readonly #count = new ValueCount();

  get values(): number {
    return this.#count.values;
  }

  /** @throws BrokenConnectionError */
  take(byte: number): void {
    this.bytes += 1;
    this.#count.take(byte);
    if (this.bytes > MAX_MESSAGE_BYTES) throw new MessageTooLongError();
    if (this.values > MAX_VALUES) throw new TooManyValuesError();
  }
}
