import { z } from "zod";
import { Id, Timestamp } from "./primitives.ts";
import { Scope } from "./user.ts";

export const InviteUserInput = z.strictObject({
  userId: Id,
  /** What the token may do that the user gets; no more than the caller's own. */
  scope: Scope.default("write"),
});
export type InviteUserInput = z.infer<typeof InviteUserInput>;

/** What lets a new user in, once: whoever redeems it gets their first token, and nobody can be let in after them. */
export const Invitation = z.strictObject({
  userId: Id,
  /** Goes to the user, as `URL/invite?code=…`. It is not stored, and can't be shown again; a new one replaces it. */
  code: z.string(),
  /** What their token may do. */
  scope: Scope,
  /** From when on the code no longer works. */
  expiresAt: Timestamp,
});
export type Invitation = z.infer<typeof Invitation>;
