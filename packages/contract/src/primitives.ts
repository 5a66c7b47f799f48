import { z } from "zod";
import { EFFORTS } from "./effort.ts";

// Sorts by creation time; its 74 random bits can't be guessed.
/** A UUIDv7 (RFC 9562). */
export const Id = z.uuid();

/** Integer milliseconds since the Unix epoch. */
export const Timestamp = z.int().nonnegative();

/** When something that a caller makes is to end. Bounded, so that whoever shows it has a date for it. */
export const Expiry = Timestamp.max(
  Date.UTC(10_000, 0) - 1,
  "No later than the year 9999, in ms since the epoch",
);

/** Position of an event in its session's log; the first is 1, and 0 as a cursor means "from the beginning". */
export const Seq = z.int().nonnegative();

/** `provider:model`, e.g. `openai-compatible:qwen3`, or `demo`. */
export const ModelName = z
  .string()
  .min(1)
  .max(200)
  .regex(/^\S+$/, "Write the model as provider:model, without spaces");

/** Who runs tasks: `default`, `read-only`, `plan`, or `acp:NAME`. `agent.list` has them all. */
export const AgentName = z.string().min(1).max(100).regex(/^\S+$/, "Write the agent's name without spaces");
/** How much a model thinks. A model takes the nearest that it has; one that does not reason ignores it. */
export const Effort = z.enum(EFFORTS);

/** A resume cursor as sent in `Last-Event-ID`: a decimal seq. Bounded before it becomes a number, like any input. */
export const EventCursor = z
  .union([z.string().regex(/^\d{1,15}$/, "lastEventId is the seq of an event, a decimal number"), Seq])
  .transform(Number);

/** Opaque: pass what `nextCursor` returned. */
export const PageCursor = z.string().min(1).max(200);

/** Token usage, as reported by the provider. */
export const Usage = z.strictObject({
  /** Tokens read, cached ones included. */
  inputTokens: z.int().nonnegative(),
  /** Tokens written, reasoning included. */
  outputTokens: z.int().nonnegative(),
  /** Output tokens used for reasoning. */
  reasoningTokens: z.int().nonnegative().optional(),
  /** Input tokens read from the provider's cache. */
  cachedInputTokens: z.int().nonnegative().optional(),
  /** Input tokens written to the provider's cache. */
  cacheWriteTokens: z.int().nonnegative().optional(),
  /** Cost in US dollars; null: the price is unknown; absent: from before prices were recorded. */
  costUsd: z.number().nonnegative().nullable().optional(),
  /** Where the price comes from, e.g. a dated catalogue or the provider itself. */
  priceSource: z.string().max(200).optional(),
});
export type Usage = z.infer<typeof Usage>;

/** Whether anybody could see something of it: not only spaces, control characters and characters without width. */
export function isLegible(text: string): boolean {
  return /[^\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/u.test(text);
}

/** JSON as tools accept and return it. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
/** Any JSON. */
export const Json: z.ZodType<Json> = z.json();
