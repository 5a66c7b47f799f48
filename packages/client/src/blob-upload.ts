import type { Blob } from "@trunkline/contract";
import type { TrunklineClient } from "./client.ts";
import { request } from "./request.ts";

/**
 * Uploads a file, e.g. to attach it to a prompt by its `sha256`. The same bytes are stored once.
 *
 * @throws TrunklineApiError TrunklineConnectionError
 */
export async function uploadBlob(client: TrunklineClient, bytes: Uint8Array<ArrayBuffer>): Promise<Blob> {
  const contentType = "application/octet-stream";
  const init = { method: "POST", body: bytes, contentType, mediaType: "application/json" };
  return (await (await request(client, "/api/blobs", init)).json()) as Blob;
}
