import type { BlobRef } from "@trunkline/contract";
import type { TrunklineClient } from "./client.ts";
import { requestStream } from "./request.ts";

/**
 * Streams the bytes of a blob that an event refers to. The stream fails if the connection does.
 *
 * @throws TrunklineApiError TrunklineConnectionError
 */
export async function downloadBlob(
  client: TrunklineClient,
  { sha256, mediaType }: Pick<BlobRef, "sha256" | "mediaType">,
): Promise<ReadableStream<Uint8Array>> {
  return requestStream(client, `/api/blobs/${encodeURIComponent(sha256)}`, { mediaType });
}
