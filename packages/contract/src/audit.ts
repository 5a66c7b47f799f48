import { z } from "zod";
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from "./limits.ts";
import { Id, PageCursor, Timestamp } from "./primitives.ts";

/** Who did what, or was refused. Entries are never changed or removed. */
export const AuditEntry = z.strictObject({
  id: Id,
  at: Timestamp,
  /** The user; null if unknown. */
  userId: Id.nullable(),
  /** The user's name at the time. */
  userName: z.string().nullable(),
  /** The token that was used. */
  tokenId: Id.nullable(),
  /** The procedure, or the HTTP method and path. */
  action: z.string(),
  /** What it was done to, usually an id. */
  target: z.string().nullable(),
  decision: z.enum(["allowed", "denied"]),
  /** More detail: the reason of a refusal, the decision of an answer. */
  detail: z.string().nullable(),
  /** Where the call came from. */
  address: z.string().nullable(),
  /** How many refusals of the same kind this entry stands for. */
  count: z.int().positive(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

export const ListAuditInput = z.strictObject({
  /** Only entries of this user. */
  userId: Id.optional(),
  /** Only this action. */
  action: z.string().min(1).max(200).optional(),
  /** Only entries with this decision. */
  decision: z.enum(["allowed", "denied"]).optional(),
  cursor: PageCursor.optional(),
  /** Maximum number of items. */
  limit: z.int().min(1).max(MAX_PAGE_SIZE).default(DEFAULT_PAGE_SIZE),
});
export type ListAuditInput = z.infer<typeof ListAuditInput>;

/** Newest first. */
export const AuditPage = z.strictObject({
  items: z.array(AuditEntry),
  /** Pass it as `cursor` to get the next page; null on the last page. */
  nextCursor: PageCursor.nullable(),
});
export type AuditPage = z.infer<typeof AuditPage>;
