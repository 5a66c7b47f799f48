import { z } from "zod";
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from "./limits.ts";
import { Id, PageCursor, Timestamp } from "./primitives.ts";
import { SCOPES } from "./principal.ts";

/** What a token allows: `write` includes `read`, and `admin` includes both. */
export const Scope = z.enum(SCOPES);

/** A user. Nobody else can see their sessions. */
export const User = z.strictObject({
  id: Id,
  /** Unique; `local` is the user that the server creates itself. */
  name: z.string(),
  createdAt: Timestamp,
  /** When the user was removed and their sessions kept; null for an active user. */
  removedAt: Timestamp.nullable(),
});
export type User = z.infer<typeof User>;

export const UserRef = z.strictObject({ userId: Id });
export type UserRef = z.infer<typeof UserRef>;

/** The caller, as the server identified them. */
export const Caller = z.strictObject({
  userId: Id,
  name: z.string(),
  /** What this call's token allows. */
  scopes: z.array(Scope),
  /** The token of this call. */
  tokenId: Id.nullable(),
});
export type Caller = z.infer<typeof Caller>;

export const ListUsersInput = z.strictObject({
  /** Only the user with exactly this name. */
  name: z.string().min(1).max(100).optional(),
  cursor: PageCursor.optional(),
  /** Maximum number of items. */
  limit: z.int().min(1).max(MAX_PAGE_SIZE).default(DEFAULT_PAGE_SIZE),
});
export type ListUsersInput = z.infer<typeof ListUsersInput>;

/** Newest first. */
export const UserPage = z.strictObject({
  items: z.array(User),
  /** Pass it as `cursor` to get the next page; null on the last page. */
  nextCursor: PageCursor.nullable(),
});
export type UserPage = z.infer<typeof UserPage>;

export const CreateUserInput = z.strictObject({
  /** Lower-case letters, digits, `.`, `_`, `-` and `@`. */
  name: z
    .string()
    .max(64)
    .regex(/^[a-z0-9][a-z0-9._@-]*$/, "Use lower-case letters, digits, '.', '_', '-' and '@'"),
  /** Restores a removed user of this name, with the sessions that were kept. */
  restore: z.boolean().default(false),
});
export type CreateUserInput = z.infer<typeof CreateUserInput>;

export const RemoveUserInput = z.strictObject({
  userId: Id,
  /** Also delete the user's sessions and files. Otherwise they are kept, and nobody can open them. */
  deleteSessions: z.boolean().default(false),
  /** Delete sessions although their clones of projects have work that is published nowhere. */
  discardWork: z.boolean().default(false),
});
export type RemoveUserInput = z.infer<typeof RemoveUserInput>;
