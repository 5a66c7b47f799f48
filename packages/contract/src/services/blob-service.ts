import type { Blob } from "../blob.ts";
import type { Principal } from "../principal.ts";

/** A readable blob. */
export interface ReadableBlob {
  blob: Blob;
  /** Opens the bytes. Read to the end or return early: either closes the file. @throws `not_found` */
  open(): Promise<AsyncIterable<Uint8Array>>;
}

/**
 * Every method throws TrunklineError; `not_found` also if the blob is somebody else's, even for a caller who knows its
 * hash.
 */
export interface BlobService {
  /**
   * Stores bytes as they arrive; resolves once they are durable. The same bytes give the same blob.
   * @param size announced by the sender, in bytes; null if unknown.
   * @throws `payload_too_large`, `quota_exceeded`, `storage_full`
   */
  create(principal: Principal, bytes: AsyncIterable<Uint8Array>, size: number | null): Promise<Blob>;
  /** Blobs that the caller uploaded or that one of the caller's sessions refers to. */
  get(principal: Principal, blobId: string): Promise<ReadableBlob>;
}
