import type { z } from "zod";
import { BlobRef } from "./content-part.ts";
import { Timestamp } from "./primitives.ts";

/** SHA-256 of a blob's bytes, hex: its name. Knowing it is not enough to read the blob. */
export const BlobId = BlobRef.shape.sha256;

/** Bytes that are stored once, under their hash, for prompts and results to refer to. */
export const Blob = BlobRef.omit({ name: true }).extend({
  /** When its bytes were last uploaded; ms since the epoch. */
  createdAt: Timestamp,
});
export type Blob = z.infer<typeof Blob>;
