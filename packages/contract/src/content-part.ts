import { z } from "zod";
import { Json } from "./primitives.ts";

/** A stored blob: the same bytes are stored once, under their hash. */
export const BlobRef = z.strictObject({
  /** Of the bytes, hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** E.g. `image/png`. */
  mediaType: z.string().min(1).max(200),
  bytes: z.int().nonnegative(),
  /** A file's name, for people. */
  name: z.string().max(255).optional(),
});
export type BlobRef = z.infer<typeof BlobRef>;

/** A part of a prompt or of a tool's result. */
export const ContentPart = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("text"), text: z.string() }),
  z.strictObject({ type: z.literal("image"), blob: BlobRef }),
  z.strictObject({ type: z.literal("file"), blob: BlobRef }),
  z.strictObject({ type: z.literal("json"), value: Json }),
  z.strictObject({
    type: z.literal("diff"),
    /** Relative to the workspace. */
    path: z.string().max(4_096),
    /** Unified, as `git diff` writes it. */
    diff: z.string(),
  }),
]);
export type ContentPart = z.infer<typeof ContentPart>;
