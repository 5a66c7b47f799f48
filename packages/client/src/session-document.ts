import type { ImportSessionOutput } from "@trunkline/contract";
import { mediaTypeOf, readRetryAfterMs } from "./answer-headers.ts";
import { isApiError, TrunklineApiError } from "./api-error.ts";
import { connectionOf, type TrunklineClient } from "./client.ts";
import { TrunklineConnectionError } from "./connection-error.ts";
import { readErrorShape } from "./error-shape.ts";

/**
 * Streams a session as a JSON document of any size (what `client.session.export.query` returns). The stream fails if
 * the connection does, so a document that ends without an error is complete.
 *
 * @throws TrunklineApiError TrunklineConnectionError
 */
export async function exportDocument(
  client: TrunklineClient,
  sessionId: string,
): Promise<ReadableStream<Uint8Array>> {
  const path = `/api/sessions/${encodeURIComponent(sessionId)}/export`;
  const { body } = await request(client, path, {});
  if (body === null) throw new TrunklineConnectionError("The server sent no document");
  return body;
}

/**
 * Creates a session from a document of any size. Node only: browsers can't stream request bodies.
 *
 * @param source the JSON as bytes
 * @throws TrunklineApiError TrunklineConnectionError
 */
export async function importDocument(
  client: TrunklineClient,
  source: AsyncIterable<Uint8Array>,
  { importKey }: { importKey?: string | undefined } = {},
): Promise<ImportSessionOutput> {
  const query = importKey === undefined ? "" : `?importKey=${encodeURIComponent(importKey)}`;
  const iterator = source[Symbol.asyncIterator]();
  const body = new ReadableStream<Uint8Array>({
    async pull(stream) {
      const next = await iterator.next();
      if (next.done === true) stream.close();
      else stream.enqueue(next.value);
    },
    async cancel() {
      await iterator.return?.();
    },
  });
  // Required for a streaming body, but missing from the browser types.
  const init: RequestInit & { duplex: "half" } = { method: "POST", body, duplex: "half" };
  const response = await request(client, `/api/sessions/import${query}`, init);
  return (await response.json()) as ImportSessionOutput;
}

async function request(client: TrunklineClient, path: string, init: RequestInit): Promise<Response> {
  const { url, fetch, headers } = connectionOf(client);
  try {
    const response = await fetch(url + path, {
      ...init,
      headers: init.body ? { ...headers, "content-type": "application/json" } : headers,
    });
    if (response.ok && mediaTypeOf(response) === "application/json") return response;
    if (response.ok) throw new TrunklineConnectionError("The response is not from a Trunkline server");
    const body: unknown = await response.json().catch(() => null);
    throw new TrunklineApiError(readErrorShape(body, response.status), {
      retryAfterMs: readRetryAfterMs(response.headers),
    });
  } catch (error) {
    throw isApiError(error) ? error : TrunklineConnectionError.of(error);
  }
}
