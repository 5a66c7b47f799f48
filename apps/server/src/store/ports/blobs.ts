import type { Blob } from "@trunkline/contract";

/** What is known of blobs; their bytes are files. */
export interface BlobStore {
  /** Notes an upload; of the same bytes again: that it is as new. */
  add(ownerId: string, blob: Blob): Promise<void>;
  /** @returns undefined where this user neither uploaded it nor has a session whose log refers to it. */
  find(ownerId: string, sha256: string): Promise<Blob | undefined>;
  /** All that the user uploaded and that is still kept, in bytes. */
  bytesOf(ownerId: string): Promise<number>;
  /** Forgets uploads from before `cutoff` that no session of their uploader refers to. */
  forgetUploads(cutoff: number): Promise<void>;
  /** Blobs from before `cutoff` that nobody uploaded or refers to any more. */
  unused(cutoff: number, limit: number): Promise<string[]>;
  /** Removes the row of a blob, unless somebody needs it again. @returns whether there is none now. */
  remove(sha256: string): Promise<boolean>;
  /** @returns those of which there is no row. */
  unknown(sha256s: readonly string[]): Promise<string[]>;
}
