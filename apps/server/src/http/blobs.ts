import { Readable } from "node:stream";
import { requireScope, type Services, TrunklineError } from "@trunkline/contract";
import { Blob, BlobId } from "@trunkline/contract/schemas";
import type { Hono } from "hono";
import { BLOBS_PATH } from "./blobs-path.ts";
import { methodRefusal } from "./error-answer.ts";
import type { HttpContext, HttpEnv } from "./http-env.ts";

/** Files to refer to, as raw bytes both ways: no procedures, because JSON would hold each of them whole in memory. */
export function registerBlobs(app: Hono<HttpEnv>, { services }: { services: Services }): void {
  app.post(BLOBS_PATH, async (c) => {
    const { principal } = c.get("authenticated");
    requireScope(principal, "blob.create");
    const blob = await services.blobs.create(principal, bodyOf(c), announcedSize(c));
    return c.json(Blob.parse(blob), 201);
  });
  app.all(BLOBS_PATH, () => methodRefusal(["POST"]));

  app.get(`${BLOBS_PATH}/:blobId`, async (c) => {
    const { principal } = c.get("authenticated");
    requireScope(principal, "blob.get");
    const blobId = BlobId.safeParse(c.req.param("blobId"));
    // The hash of nothing that there is.
    if (!blobId.success) throw new TrunklineError("not_found", "There is no such blob");
    const { blob, open } = await services.blobs.get(principal, blobId.data);
    const headers = {
      etag: `"${blob.sha256}"`,
      // Kept by the browser alone, which asks each time whether it may still be read.
      "cache-control": "private, no-cache",
      // Never a page of this origin: to be saved, or shown by one that names it.
      "content-disposition": "attachment",
      "content-security-policy": "sandbox; default-src 'none'",
      "x-content-type-options": "nosniff",
    };
    if (c.req.header("if-none-match") === headers.etag) return c.body(null, 304, headers);
    const bytes = Readable.from(await open(), { objectMode: false });
    return c.body(Readable.toWeb(bytes) as ReadableStream, 200, {
      ...headers,
      "content-type": blob.mediaType === "text/plain" ? "text/plain; charset=utf-8" : blob.mediaType,
      "content-length": String(blob.bytes),
    });
  });
  app.all(`${BLOBS_PATH}/:blobId`, () => methodRefusal(["GET"]));
}

/** The body as it comes. Whoever stops reading it leaves the connection open, for the answer that says why. */
async function* bodyOf({ env: { incoming } }: HttpContext): AsyncGenerator<Uint8Array, void> {
  try {
    yield* incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
  } catch (cause) {
    throw new TrunklineError("validation_failed", "The upload broke off; nothing was stored", { cause });
  }
}

/** @returns what the request says of its body's size; null where it comes in chunks. */
function announcedSize(c: HttpContext): number | null {
  if (c.req.header("transfer-encoding") !== undefined) return null;
  return Number(c.req.header("content-length") ?? 0);
}
