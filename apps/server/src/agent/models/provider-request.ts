import { type ClientRequest, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { decoded, type ProviderResponse } from "./decoded-response.ts";

export interface ProviderRequest {
  /** Without credentials. */
  url: string;
  method: "GET" | "POST";
  headers: Readonly<Record<string, string>>;
  body?: string | Uint8Array | undefined;
  signal: AbortSignal;
}

/**
 * Sends a request to a provider. Uses half the CPU of `fetch`, follows no redirects (which would send the conversation
 * elsewhere), and has no timeouts: how long a model may think is the caller's decision.
 * @returns the response once its headers have arrived; read its body or destroy it.
 */
export async function sendRequest(options: ProviderRequest): Promise<ProviderResponse> {
  try {
    return await sendOnce(options);
  } catch (error) {
    options.signal.throwIfAborted();
    // A keep-alive connection that the server closed at the same moment: the request was not read.
    if (error instanceof StaleConnection) return sendOnce(options);
    throw error;
  }
}

class StaleConnection extends Error {}

function sendOnce({ url, method, headers, body, signal }: ProviderRequest): Promise<ProviderResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<ProviderResponse>();
  const send = url.startsWith("https:") ? httpsRequest : httpRequest;
  const request: ClientRequest = send(url, { method, headers, signal });
  request.once("response", (response) => resolve(decoded(response)));
  request.on("error", (error) => {
    const { code } = error as NodeJS.ErrnoException;
    const isStale = request.reusedSocket && (code === "ECONNRESET" || code === "EPIPE");
    reject(isStale ? new StaleConnection(error.message, { cause: error }) : error);
  });
  request.end(body);
  return promise;
}

/** Reads a body up to a limit and discards the rest. */
export async function readText(response: ProviderResponse, maxLength: number): Promise<string> {
  response.setEncoding("utf8");
  let text = "";
  for await (const piece of response) {
    text += piece as string;
    if (text.length > maxLength) break;
  }
  return text.slice(0, maxLength);
}

/** Lower-case names; duplicates are joined by Node. */
export function headersOf(response: ProviderResponse): Record<string, string> {
  return Object.fromEntries(
    Object.entries(response.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
    ),
  );
}
