import { z } from "zod";
import { Expiry, Id, Timestamp } from "./primitives.ts";

/** A link to a session: whoever has it may read that session, and nothing else. Its secret is not stored. */
export const Share = z.strictObject({
  id: Id,
  sessionId: Id,
  createdAt: Timestamp,
  /** When it expires; null: never. */
  expiresAt: Timestamp.nullable(),
  /** To the minute; null if nobody has opened it. */
  lastUsedAt: Timestamp.nullable(),
});
export type Share = z.infer<typeof Share>;

export const CreateShareInput = z.strictObject({
  sessionId: Id,
  /** When it expires; absent: in 7 days; null: never, until it is revoked. Ms since the epoch. */
  expiresAt: Expiry.nullable().optional(),
});
export type CreateShareInput = z.infer<typeof CreateShareInput>;

/** A new link with its secret, which is shown only once. */
export const CreatedShare = z.strictObject({
  share: Share,
  /** `tl_…`: the part after `#` in `URL/shared/SESSION#SECRET`, and a bearer token for the session's reading calls. */
  secret: z.string(),
});
export type CreatedShare = z.infer<typeof CreatedShare>;

export const ListSharesInput = z.strictObject({ sessionId: Id });
export type ListSharesInput = z.infer<typeof ListSharesInput>;

/** Those that still open the session, newest first. */
export const ShareList = z.strictObject({ items: z.array(Share) });
export type ShareList = z.infer<typeof ShareList>;

export const ShareRef = z.strictObject({ shareId: Id });
export type ShareRef = z.infer<typeof ShareRef>;
