import { z } from "zod";
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from "./limits.ts";
import { Id, PageCursor, Timestamp } from "./primitives.ts";

/** Something that was done, or refused, and by whom. Entries are only ever added. */
export const AuditEntry = z.strictObject({
  id: Id,
  at: Timestamp,
  /** Who; null where nobody knows. */
  userId: Id.nullable(),
  /** What that user was called then. */
  userName: z.string().nullable(),
  /** The token that they came with. */
  tokenId: Id.nullable(),
  /** What: the procedure, or the method and path of HTTP. */
  action: z.string(),
  /** What it was done to: an id, mostly. */
  target: z.string().nullable(),
  decision: z.enum(["allowed", "denied"]),
  /** What else there is to say: the reason of a refusal, the words of an answer. */
  detail: z.string().nullable(),
  /** Where the call came from. */
  address: z.string().nullable(),
  /** How many of the same kind this entry stands for: refusals that repeat are counted. */
  count: z.int().positive(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

export const ListAuditInput = z.strictObject({
  /** Only what this user did. */
  userId: Id.optional(),
  /** Only this action. */
  action: z.string().min(1).max(200).optional(),
  /** Only what was allowed, or only what was denied. */
  decision: z.enum(["allowed", "denied"]).optional(),
  cursor: PageCursor.optional(),
  /** How many to answer at most. */
  limit: z.int().min(1).max(MAX_PAGE_SIZE).default(DEFAULT_PAGE_SIZE),
});
export type ListAuditInput = z.infer<typeof ListAuditInput>;

/** Newest first. */
export const AuditPage = z.strictObject({
  items: z.array(AuditEntry),
  /** Give it back as `cursor` for the next page; null on the last. */
  nextCursor: PageCursor.nullable(),
});
export type AuditPage = z.infer<typeof AuditPage>;
