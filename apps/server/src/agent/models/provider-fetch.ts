import { AsyncLocalStorage } from "node:async_hooks";
import { Readable } from "node:stream";
import { headersOf, sendRequest } from "./provider-request.ts";

/** Called on every sign of life from the provider, for the current call. */
export const signsOfLife = new AsyncLocalStorage<() => void>();

/** `fetch` for the SDKs, on top of our own requests: no redirects, no timeouts, every byte is a sign of life. */
export const providerFetch: typeof fetch = async (input, init) => {
  const url = input instanceof Request ? input.url : String(input);
  const body = init?.body;
  if (body !== undefined && body !== null && typeof body !== "string" && !(body instanceof Uint8Array)) {
    throw new TypeError("providers are sent texts and bytes alone");
  }
  const onLife = signsOfLife.getStore();
  const response = await sendRequest({
    url,
    method: init?.method === "GET" ? "GET" : "POST",
    headers: Object.fromEntries(new Headers(init?.headers)),
    body: body ?? undefined,
    signal: init?.signal ?? new AbortController().signal,
  });
  onLife?.();
  if (onLife !== undefined) response.on("data", onLife).pause();
  const status = response.statusCode ?? 500;
  const hasBody = status !== 204 && status !== 304;
  if (!hasBody) response.resume();
  return new Response(hasBody ? (Readable.toWeb(response) as ReadableStream<Uint8Array>) : null, {
    status,
    headers: headersOf(response),
  });
};
