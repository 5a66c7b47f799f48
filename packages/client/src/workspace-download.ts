import type { TrunklineClient } from "./client.ts";
import { requestStream } from "./request.ts";

/**
 * Streams a file of a session's workspace as it is. The stream fails if the connection does.
 *
 * @throws TrunklineApiError TrunklineConnectionError
 */
export async function downloadFile(
  client: TrunklineClient,
  { sessionId, path }: { sessionId: string; path: string },
): Promise<ReadableStream<Uint8Array>> {
  const target = `/api/sessions/${encodeURIComponent(sessionId)}/files/${encodeURIComponent(path)}`;
  return requestStream(client, target, { mediaType: "application/octet-stream" });
}

/**
 * Streams a session's workspace as a gzipped tar with one directory at its top, without `.git` unless asked for, and with what
 * `.gitignore` files ignore unless `ignored` is false.
 *
 * @throws TrunklineApiError TrunklineConnectionError
 */
export async function downloadArchive(
  client: TrunklineClient,
  { sessionId, git = false, ignored = true }: { sessionId: string; git?: boolean; ignored?: boolean },
): Promise<ReadableStream<Uint8Array>> {
  const target = `/api/sessions/${encodeURIComponent(sessionId)}/archive?git=${git}${ignored ? "" : "&ignored=false"}`;
  return requestStream(client, target, { mediaType: "application/gzip" });
}

/**
 * Streams a session's changes as a mailbox for `git am`; changes nothing.
 *
 * @throws TrunklineApiError TrunklineConnectionError
 */
export async function downloadPatch(
  client: TrunklineClient,
  { sessionId }: { sessionId: string },
): Promise<ReadableStream<Uint8Array>> {
  const target = `/api/sessions/${encodeURIComponent(sessionId)}/patch`;
  return requestStream(client, target, { mediaType: "text/x-patch" });
}
