import type { ImportSessionOutput } from "@trunkline/contract";
import type { TrunklineClient } from "./client.ts";
import { request, requestStream } from "./request.ts";

const mediaType = "application/json";

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
  return requestStream(client, path, { mediaType });
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
  const response = await request(client, `/api/sessions/import${query}`, { ...init, mediaType });
  return (await response.json()) as ImportSessionOutput;
}
