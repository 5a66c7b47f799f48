import { z } from "zod";
import { Id, Timestamp } from "./primitives.ts";
import { Scope } from "./user.ts";

export const InviteUserInput = z.strictObject({
  userId: Id,
  /** Scope of the user's token; no more than the caller's own. */
  scope: Scope.default("write"),
});
export type InviteUserInput = z.infer<typeof InviteUserInput>;

/** Lets a new user in, once: redeeming it creates their first token, and no further invitation is possible. */
export const Invitation = z.strictObject({
  userId: Id,
  /** Give it to the user as `URL/invite?code=…`. It is not stored and can't be shown again; a new one replaces it. */
  code: z.string(),
  /** Scope of their token. */
  scope: Scope,
  /** When the code expires. */
  expiresAt: Timestamp,
});
export type Invitation = z.infer<typeof Invitation>;
