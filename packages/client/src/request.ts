import { mediaTypeOf, readRetryAfterMs } from "./answer-headers.ts";
import { isApiError, TrunklineApiError } from "./api-error.ts";
import { connectionOf, type TrunklineClient } from "./client.ts";
import { TrunklineConnectionError } from "./connection-error.ts";
import { readErrorShape } from "./error-shape.ts";

/**
 * A plain HTTP request, for what is streamed instead of called.
 *
 * @param mediaType of the expected response
 * @throws TrunklineApiError TrunklineConnectionError
 */
export async function request(
  client: TrunklineClient,
  path: string,
  {
    mediaType,
    contentType = "application/json",
    ...init
  }: RequestInit & { mediaType: string; contentType?: string },
): Promise<Response> {
  const { url, fetch, headers } = connectionOf(client);
  try {
    const response = await fetch(url + path, {
      ...init,
      headers: init.body ? { ...headers, "content-type": contentType } : headers,
    });
    if (response.ok && mediaTypeOf(response) === mediaType) return response;
    if (response.ok) throw new TrunklineConnectionError("The response is not from a Trunkline server");
    const body: unknown = await response.json().catch(() => null);
    throw new TrunklineApiError(readErrorShape(body, response.status), {
      retryAfterMs: readRetryAfterMs(response.headers),
    });
  } catch (error) {
    throw isApiError(error) ? error : TrunklineConnectionError.of(error);
  }
}

/**
 * By their bodies, for as long as those are there: Node's fetch cancels the body of a response that was collected before
 * anybody read it, and a cancelled stream ends without an error, as if it were empty.
 */
const responses = new WeakMap<ReadableStream<Uint8Array>, Response>();

/** @throws TrunklineApiError TrunklineConnectionError */
export async function requestStream(
  client: TrunklineClient,
  path: string,
  init: RequestInit & { mediaType: string },
): Promise<ReadableStream<Uint8Array>> {
  const response = await request(client, path, init);
  const { body } = response;
  if (body === null) throw new TrunklineConnectionError("The server sent nothing");
  responses.set(body, response);
  return body;
}
