import type { Blob } from "../blob.ts";
import type { Principal } from "../principal.ts";

/** A blob that can be read. */
export interface ReadableBlob {
  blob: Blob;
  /** Opens the bytes. Read them to the end, or return early: either closes the file. @throws `not_found` */
  open(): Promise<AsyncIterable<Uint8Array>>;
}

/** Every method throws TrunklineError: `not_found` also where the blob is somebody else's, whoever knows its hash. */
export interface BlobService {
  /**
   * Stores bytes while they arrive; resolves once they are durable. The same bytes again give the same blob.
   * @param size that the sender announced, in bytes; null where it did not.
   * @throws `payload_too_large`, `quota_exceeded`, `storage_full`
   */
  create(principal: Principal, bytes: AsyncIterable<Uint8Array>, size: number | null): Promise<Blob>;
  /** Those that the caller uploaded, and those that a session of the caller refers to. */
  get(principal: Principal, blobId: string): Promise<ReadableBlob>;
}
