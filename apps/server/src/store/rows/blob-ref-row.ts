import type { BlobRef, ContentPart } from "@trunkline/contract";
import { change, isBeingBuilt, type Reducer } from "./row-change.ts";

/**
 * Which blobs a session's log refers to: the session's owner can read them, and they are kept. References in an
 * imported document give no access: only its author knows whether the bytes were ever theirs.
 */
export const reduceBlobRef: Reducer = (event, rows) => {
  if (isBeingBuilt(rows)) return [];
  const parts =
    event.type === "task.submitted"
      ? event.data.attachments
      : event.type === "tool.ended"
        ? event.data.content
        : undefined;
  const { sessionId: session_id, seq } = event;
  const full = event.type === "tool.ended" ? event.data.fullOutput : undefined;
  return blobsOf(parts ?? [], full).map((sha256) => change.insert("blob_refs", { session_id, seq, sha256 }));
};

/** Without duplicates. */
function blobsOf(parts: readonly ContentPart[], full: BlobRef | undefined): string[] {
  const blobs = parts.flatMap((part) =>
    part.type === "image" || part.type === "file" ? [part.blob.sha256] : [],
  );
  return [...new Set(full === undefined ? blobs : [...blobs, full.sha256])];
}
