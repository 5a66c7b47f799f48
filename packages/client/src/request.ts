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

/** @throws TrunklineApiError TrunklineConnectionError */
export async function requestStream(
  client: TrunklineClient,
  path: string,
  init: RequestInit & { mediaType: string },
): Promise<ReadableStream<Uint8Array>> {
  const { body } = await request(client, path, init);
  if (body === null) throw new TrunklineConnectionError("The server sent nothing");
  return body;
}
