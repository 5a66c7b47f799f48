import { AsyncLocalStorage } from "node:async_hooks";
import { Readable } from "node:stream";
import { messageTooLong } from "../answer-bounds.ts";
import type { ProviderResponse } from "./decoded-response.ts";
import { headersOf, sendRequest } from "./provider-request.ts";

/** Called on every sign of life from the provider, for the current call. */
export const signsOfLife = new AsyncLocalStorage<() => void>();

/** Longest line of an answer in bytes, pictures included. The SDKs keep a line until it ends. */
const MAX_LINE_BYTES = 32_000_000;

/** How much of an error's body is read. The SDKs read all of it. */
const MAX_ERROR_BYTES = 400_000;

/** `fetch` for the SDKs, on top of our own requests: no redirects, no timeouts, every byte is a sign of life. */
export const providerFetch: typeof fetch = async (input, init) => {
  const url = input instanceof Request ? input.url : String(input);
  const sent = init?.body;
  if (sent !== undefined && sent !== null && typeof sent !== "string" && !(sent instanceof Uint8Array)) {
    throw new TypeError("providers are sent texts and bytes alone");
  }
  const onLife = signsOfLife.getStore();
  const response = await sendRequest({
    url,
    method: init?.method === "GET" ? "GET" : "POST",
    headers: Object.fromEntries(new Headers(init?.headers)),
    body: sent ?? undefined,
    signal: init?.signal ?? new AbortController().signal,
  });
  onLife?.();
  if (onLife !== undefined) response.on("data", onLife).pause();
  const status = response.statusCode ?? 500;
  const body = status >= 400 ? Readable.from(beginning(response)) : withBoundedLines(response);
  const hasBody = status !== 204 && status !== 304;
  if (!hasBody) response.resume();
  return new Response(hasBody ? (Readable.toWeb(body) as ReadableStream<Uint8Array>) : null, {
    status,
    headers: headersOf(response),
  });
};

/** Breaks off a response whose line does not end. */
function withBoundedLines(response: ProviderResponse): Readable {
  let length = 0;
  response.on("data", (bytes: Uint8Array) => {
    const end = bytes.lastIndexOf(LINE_FEED);
    length = end === -1 ? length + bytes.length : bytes.length - end - 1;
    if (length > MAX_LINE_BYTES) response.destroy(messageTooLong());
  });
  return response.pause();
}

const LINE_FEED = 0x0a;

async function* beginning(response: ProviderResponse): AsyncGenerator<Uint8Array, void, undefined> {
  let left = MAX_ERROR_BYTES;
  for await (const bytes of response as AsyncIterable<Uint8Array>) {
    yield bytes.subarray(0, left);
    left -= bytes.length;
    if (left <= 0) return;
  }
}
