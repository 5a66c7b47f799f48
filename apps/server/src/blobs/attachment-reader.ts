import type { BlobRef } from "@trunkline/contract";
import type { Blobs } from "./port.ts";

/** Reads whole blobs that their reader may see: a log that came from elsewhere can name any. */
export function attachmentReader(blobs: Pick<Blobs, "find" | "open">) {
  return async (ownerId: string, { sha256, bytes: announced }: BlobRef): Promise<Uint8Array | null> => {
    const blob = await blobs.find(ownerId, sha256);
    // What is announced bounds what is read.
    if (blob === undefined || blob.bytes > announced) return null;
    const content = await blobs.open(sha256);
    return content === undefined ? null : Buffer.concat(await Array.fromAsync(content));
  };
}
