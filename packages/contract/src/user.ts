import { z } from "zod";
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from "./limits.ts";
import { Id, PageCursor, Timestamp } from "./primitives.ts";
import { SCOPES } from "./principal.ts";

/** What a token lets its holder do: `write` holds `read`, and `admin` both. */
export const Scope = z.enum(SCOPES);

/** Somebody whose sessions are kept from all others. */
export const User = z.strictObject({
  id: Id,
  /** Unique; `local` is the one that the server itself makes. */
  name: z.string(),
  createdAt: Timestamp,
  /** When it was removed, its sessions being kept; null for a user that can sign in. */
  removedAt: Timestamp.nullable(),
});
export type User = z.infer<typeof User>;

export const UserRef = z.strictObject({ userId: Id });
export type UserRef = z.infer<typeof UserRef>;

/** Who is calling, as the server sees it. */
export const Caller = z.strictObject({
  userId: Id,
  name: z.string(),
  /** What the token of this call may do. */
  scopes: z.array(Scope),
  /** The token of this call. */
  tokenId: Id.nullable(),
});
export type Caller = z.infer<typeof Caller>;

export const ListUsersInput = z.strictObject({
  /** The one of exactly this name. */
  name: z.string().min(1).max(100).optional(),
  cursor: PageCursor.optional(),
  /** How many to answer at most. */
  limit: z.int().min(1).max(MAX_PAGE_SIZE).default(DEFAULT_PAGE_SIZE),
});
export type ListUsersInput = z.infer<typeof ListUsersInput>;

/** Newest first. */
export const UserPage = z.strictObject({
  items: z.array(User),
  /** Give it back as `cursor` for the next page; null on the last. */
  nextCursor: PageCursor.nullable(),
});
export type UserPage = z.infer<typeof UserPage>;

export const CreateUserInput = z.strictObject({
  /** Small letters, digits, `.`, `_`, `-` and `@`. */
  name: z
    .string()
    .max(64)
    .regex(/^[a-z0-9][a-z0-9._@-]*$/, "A name has small letters, digits, '.', '_', '-' and '@'"),
  /** Brings a user of this name back who was removed, with the sessions that were kept. */
  restore: z.boolean().default(false),
});
export type CreateUserInput = z.infer<typeof CreateUserInput>;

export const RemoveUserInput = z.strictObject({
  userId: Id,
  /** Whether the user's sessions go as well, with their files. They are kept otherwise, and nobody can reach them. */
  deleteSessions: z.boolean().default(false),
});
export type RemoveUserInput = z.infer<typeof RemoveUserInput>;
