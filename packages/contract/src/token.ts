import { z } from "zod";
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from "./limits.ts";
import { Expiry, Id, isLegible, PageCursor, Timestamp } from "./primitives.ts";
import { Scope } from "./user.ts";

/** A credential. The secret itself is not stored. */
export const Token = z.strictObject({
  id: Id,
  userId: Id,
  /** The user that it belongs to. */
  userName: z.string(),
  /** What it is for, as its creator named it. */
  name: z.string(),
  /** `api`: sent in the Authorization header. `browser`: a signed-in browser's cookie. */
  kind: z.enum(["api", "browser"]),
  scopes: z.array(Scope),
  createdAt: Timestamp,
  /** When it expires; null: never. */
  expiresAt: Timestamp.nullable(),
  /** To the minute; null if it was never used. */
  lastUsedAt: Timestamp.nullable(),
  /** When it was revoked; null if it was not. */
  revokedAt: Timestamp.nullable(),
});
export type Token = z.infer<typeof Token>;

export const TokenRef = z.strictObject({ tokenId: Id });
export type TokenRef = z.infer<typeof TokenRef>;

export const CreateTokenInput = z.strictObject({
  /** What it is for. */
  name: z.string().trim().min(1).max(100).refine(isLegible, "The name has no visible character"),
  /** What it allows; a scope includes the ones before it. A token cannot create one with more rights than its own. */
  scope: Scope.default("write"),
  /** When it expires; absent: never. No later than the token that creates it. */
  expiresAt: Expiry.optional(),
  /** The caller's own id, or absent. Nobody creates a token for somebody else: admins invite new users. */
  userId: Id.optional(),
});
export type CreateTokenInput = z.infer<typeof CreateTokenInput>;

/** A new token with its secret, which is shown only once. */
export const CreatedToken = z.strictObject({
  token: Token,
  /** `tl_…`, for the Authorization header. It is not stored and cannot be shown again. */
  secret: z.string(),
});
export type CreatedToken = z.infer<typeof CreatedToken>;

export const ListTokensInput = z.strictObject({
  /** Their user; absent: the caller. For another user: `admin`. */
  userId: Id.optional(),
  /** Tokens of all users; needs `admin`. */
  everyone: z.boolean().default(false),
  /** Include revoked and expired tokens. */
  ended: z.boolean().default(false),
  cursor: PageCursor.optional(),
  /** Maximum number of items. */
  limit: z.int().min(1).max(MAX_PAGE_SIZE).default(DEFAULT_PAGE_SIZE),
});
export type ListTokensInput = z.infer<typeof ListTokensInput>;

/** Newest first. */
export const TokenPage = z.strictObject({
  items: z.array(Token),
  /** Pass it as `cursor` to get the next page; null on the last page. */
  nextCursor: PageCursor.nullable(),
});
export type TokenPage = z.infer<typeof TokenPage>;
