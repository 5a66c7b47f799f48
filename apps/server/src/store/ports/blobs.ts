import type { Blob } from "@trunkline/contract";

/** Metadata of blobs; their bytes are files. */
export interface BlobStore {
  /** Records an upload; uploading the same bytes again renews it. */
  add(ownerId: string, blob: Blob): Promise<void>;
  /** @returns undefined if this user neither uploaded it nor has a session that refers to it. */
  find(ownerId: string, sha256: string): Promise<Blob | undefined>;
  /** @param beginning of its hash. @returns one that an event of this session refers to. */
  findInSession(sessionId: string, beginning: string): Promise<Blob | undefined>;
  /** Total size of the user's uploads that are still kept, in bytes. */
  bytesOf(ownerId: string): Promise<number>;
  /** Drops uploads from before `cutoff` that no session of their uploader refers to. */
  forgetUploads(cutoff: number): Promise<void>;
  /** Blobs from before `cutoff` without uploads or references. */
  unused(cutoff: number, limit: number): Promise<string[]>;
  /** Removes a blob's row, unless it is in use again. @returns whether there is none now. */
  remove(sha256: string): Promise<boolean>;
  /** @returns those without a row. */
  unknown(sha256s: readonly string[]): Promise<string[]>;
  /** When the newest was uploaded; null: there is none. */
  newestAt(): Promise<number | null>;
}
