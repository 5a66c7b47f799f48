import { requireScope, type Services, TrunklineError } from "@trunkline/contract";
import { Blob, BlobId } from "@trunkline/contract/schemas";
import type { Hono } from "hono";
import { methodRefusal } from "./error-answer.ts";
import type { HttpContext, HttpEnv } from "./http-env.ts";
import type { LiveStreams } from "./live-streams.ts";
import { openStream, receivedWhile, sentWhile } from "./open-stream.ts";

/** Path for uploads, and prefix of the downloads by hash. */
export const BLOBS_PATH = "/api/blobs";

/** Blobs as raw bytes both ways. Not procedures, because JSON would hold each of them in memory. */
export function registerBlobs(
  app: Hono<HttpEnv>,
  { services, streams }: { services: Services; streams: LiveStreams },
): void {
  app.post(BLOBS_PATH, async (c) => {
    const { principal } = c.get("authenticated");
    requireScope(principal, "blob.create");
    const stream = openStream(c, streams);
    try {
      const body = receivedWhile(stream, bodyOf(c));
      const blob = await services.blobs.create(principal, body, announcedSize(c));
      return c.json(Blob.parse(blob), 201);
    } finally {
      stream.close();
    }
  });
  app.all(BLOBS_PATH, () => methodRefusal(["POST"]));

  app.get(`${BLOBS_PATH}/:blobId`, async (c) => {
    const { principal } = c.get("authenticated");
    requireScope(principal, "blob.get");
    const blobId = BlobId.safeParse(c.req.param("blobId"));
    // A hash that cannot exist.
    if (!blobId.success) throw new TrunklineError("not_found", "There is no such blob");
    const { blob, open } = await services.blobs.get(principal, blobId.data);
    const headers = {
      etag: `"${blob.sha256}"`,
      // Cached privately and revalidated, because access may end.
      "cache-control": "private, no-cache",
      // Never a page of this origin: downloaded, or embedded by one.
      "content-disposition": "attachment",
      "content-security-policy": "sandbox; default-src 'none'",
      "x-content-type-options": "nosniff",
    };
    if (c.req.header("if-none-match") === headers.etag) return c.body(null, 304, headers);
    const stream = openStream(c, streams);
    const content = await open().catch((error: unknown) => {
      stream.close();
      throw error;
    });
    return c.body(sentWhile(stream, content), 200, {
      ...headers,
      "content-type": blob.mediaType === "text/plain" ? "text/plain; charset=utf-8" : blob.mediaType,
      "content-length": String(blob.bytes),
    });
  });
  app.all(`${BLOBS_PATH}/:blobId`, () => methodRefusal(["GET"]));
}

/** The streaming body. When reading stops early, the connection stays open for the response that says why. */
async function* bodyOf({ env: { incoming } }: HttpContext): AsyncGenerator<Uint8Array, void> {
  try {
    yield* incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
  } catch (cause) {
    throw new TrunklineError("validation_failed", "The upload was cut off; nothing was stored", { cause });
  }
}

/** @returns the announced size of the body; null if chunked. */
function announcedSize(c: HttpContext): number | null {
  if (c.req.header("transfer-encoding") !== undefined) return null;
  return Number(c.req.header("content-length") ?? 0);
}
