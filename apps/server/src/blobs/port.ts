import type { Blob } from "@trunkline/contract";

/** Bytes stored once under their hash, for as long as they are referenced. */
export interface Blobs {
  /**
   * Stores bytes as they arrive; resolves once they are durable.
   * @param size announced by the sender, in bytes; null: unknown.
   * @throws TrunklineError `payload_too_large`, `quota_exceeded`, `storage_full`; errors while reading the bytes
   */
  put(ownerId: string, bytes: AsyncIterable<Uint8Array>, size: number | null): Promise<Blob>;
  /** @returns undefined if there is none, or this user may not read it. */
  find(ownerId: string, sha256: string): Promise<Blob | undefined>;
  /** @param beginning of its hash. @returns one that an event of this session refers to. */
  findInSession(sessionId: string, beginning: string): Promise<Blob | undefined>;
  /** Opens the bytes of a blob. @returns undefined if they are gone. */
  open(sha256: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Removes unreferenced blobs, and files without a row, now. */
  collect(): Promise<void>;
  /** Starts removing unreferenced blobs periodically. */
  start(): void;
  stop(): Promise<void>;
}
