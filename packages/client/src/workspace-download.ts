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
 * Streams a session's workspace as a gzipped tar with one directory at its top, without `.git` unless asked for.
 *
 * @throws TrunklineApiError TrunklineConnectionError
 */
export async function downloadArchive(
  client: TrunklineClient,
  { sessionId, git = false }: { sessionId: string; git?: boolean },
): Promise<ReadableStream<Uint8Array>> {
  const target = `/api/sessions/${encodeURIComponent(sessionId)}/archive?git=${git}`;
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
