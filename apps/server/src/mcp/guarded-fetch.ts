import { once } from "node:events";
import { type IncomingMessage, request as requestOver } from "node:http";
import { request as requestSecurely } from "node:https";
import { Readable } from "node:stream";
import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { Connect } from "../network/port.ts";
import { MAX_MESSAGE_BYTES, MessageTooLongError } from "./message-lines.ts";

/** Until the head of a response, in ms. A call's own time-out may be shorter. */
const HEAD_TIMEOUT_MS = 610_000;
const CONNECT_TIMEOUT_MS = 20_000;

/** A response without a body (Fetch, "null body status"). */
const NO_BODY = new Set([101, 204, 205, 304]);

/**
 * `fetch` over connections of our own, so that each leads where the policy allows. It follows no redirect, keeps no cookie,
 * and bounds what it reads: a JSON body as a whole, a stream from one event to the next.
 */
export function createGuardedFetch(connect: Connect): FetchLike {
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
    return toResponse(response);
  };
}

function toResponse(incoming: IncomingMessage): Response {
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
  const body = Readable.toWeb(Readable.from(bounded(incoming, isStream))) as ReadableStream<Uint8Array>;
  return new Response(body, { status, headers, statusText: incoming.statusMessage ?? "" });
}

const NEWLINE = 0x0a;

/** @throws MessageTooLongError for a body, or one event of a stream */
async function* bounded(incoming: IncomingMessage, isStream: boolean): AsyncIterable<Uint8Array> {
  let length = 0;
  let isAtLineStart = false;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    if (!isStream) {
      length += chunk.length;
    } else {
      for (const byte of chunk) {
        // An empty line ends an event.
        if (byte === NEWLINE && isAtLineStart) length = 0;
        else if (byte !== 0x0d) length += 1;
        if (byte !== 0x0d) isAtLineStart = byte === NEWLINE;
        if (length > MAX_MESSAGE_BYTES) break;
      }
    }
    if (length > MAX_MESSAGE_BYTES) throw new MessageTooLongError();
    yield chunk;
  }
}
