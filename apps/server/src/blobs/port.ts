import type { Blob } from "@trunkline/contract";

/** Bytes by their hash: stored once, for as long as somebody needs them. */
export interface Blobs {
  /**
   * Stores bytes while they arrive, for their uploader; resolves once they are durable.
   * @param size that was announced, in bytes; null: it was not.
   * @throws TrunklineError `payload_too_large`, `quota_exceeded`, `storage_full`, and what reading the bytes throws
   */
  put(ownerId: string, bytes: AsyncIterable<Uint8Array>, size: number | null): Promise<Blob>;
  /** @returns undefined where there is none, or where it is not this user's to read. */
  find(ownerId: string, sha256: string): Promise<Blob | undefined>;
  /** Opens the bytes of a blob that was found. @returns undefined where they are gone. */
  open(sha256: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Removes what nobody needs any more, from now on and again and again. */
  start(): void;
  stop(): Promise<void>;
}
