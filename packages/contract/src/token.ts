import { z } from "zod";
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from "./limits.ts";
import { Id, PageCursor, Timestamp } from "./primitives.ts";
import { Scope } from "./user.ts";

/** What its holder proves by who they are. The secret itself is stored nowhere. */
export const Token = z.strictObject({
  id: Id,
  userId: Id,
  /** Of the user that it belongs to. */
  userName: z.string(),
  /** What it is for, in its maker's words. */
  name: z.string(),
  /** `api` goes into the Authorization header; `browser` is a browser's sign-in, and only its cookie. */
  kind: z.enum(["api", "browser"]),
  scopes: z.array(Scope),
  createdAt: Timestamp,
  /** From when on it no longer holds; null: never. */
  expiresAt: Timestamp.nullable(),
  /** To the minute; null while it was not used. */
  lastUsedAt: Timestamp.nullable(),
  /** When it was revoked; null while it holds. */
  revokedAt: Timestamp.nullable(),
});
export type Token = z.infer<typeof Token>;

export const TokenRef = z.strictObject({ tokenId: Id });
export type TokenRef = z.infer<typeof TokenRef>;

export const CreateTokenInput = z.strictObject({
  /** What it is for. */
  name: z.string().trim().min(1).max(100),
  /** What it may do; a scope holds those before it. No more than the token that makes it may. */
  scope: Scope.default("write"),
  /** From when on it no longer holds; absent: never. No later than the token that makes it. */
  expiresAt: Timestamp.optional(),
  /** Whose it is; absent: the caller's own. Another's takes `admin`. */
  userId: Id.optional(),
});
export type CreateTokenInput = z.infer<typeof CreateTokenInput>;

/** A token and, this once, its secret. */
export const CreatedToken = z.strictObject({
  token: Token,
  /** `tl_…`, for the Authorization header. It is not stored, and cannot be shown again. */
  secret: z.string(),
});
export type CreatedToken = z.infer<typeof CreatedToken>;

export const ListTokensInput = z.strictObject({
  /** Whose; absent: the caller's own. Another's takes `admin`. */
  userId: Id.optional(),
  /** Those of all users, which takes `admin`. */
  everyone: z.boolean().default(false),
  /** Whether those are listed as well that were revoked or have expired. */
  ended: z.boolean().default(false),
  cursor: PageCursor.optional(),
  /** How many to answer at most. */
  limit: z.int().min(1).max(MAX_PAGE_SIZE).default(DEFAULT_PAGE_SIZE),
});
export type ListTokensInput = z.infer<typeof ListTokensInput>;

/** Newest first. */
export const TokenPage = z.strictObject({
  items: z.array(Token),
  /** Give it back as `cursor` for the next page; null on the last. */
  nextCursor: PageCursor.nullable(),
});
export type TokenPage = z.infer<typeof TokenPage>;
