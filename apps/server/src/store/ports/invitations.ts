import type { Scope } from "@trunkline/contract";
import type { AuditRecord } from "./audit.ts";
import type { NewToken } from "./tokens.ts";

/** Lets somebody in as a user, once. A user has one at most. */
export interface StoredInvitation {
  userId: string;
  /** Of the user. */
  userName: string;
  /** What the token may do that it becomes. */
  scope: Scope;
  /** SHA-256 of the code, hex. */
  hash: string;
  createdAt: number;
  expiresAt: number;
  /** For a user who has had tokens, and lost them. */
  isRecovery: boolean;
}

export interface InvitationStore {
  /** Whether the user has ever had a token. */
  hasJoined(userId: string): Promise<boolean>;
  /** @returns undefined where it was used or replaced, or its user was removed. */
  findByHash(hash: string): Promise<StoredInvitation | undefined>;
  /**
   * In place of the user's earlier one.
   * @throws GuardFailedError where the user was removed, or, unless it is a recovery, has joined.
   */
  put(invitation: Omit<StoredInvitation, "userName">, audit: AuditRecord): Promise<void>;
  /**
   * Makes it the token.
   * @throws GuardFailedError where it is used or replaced, or the user was removed or, unless it is a recovery, has joined.
   */
  redeem(invitation: StoredInvitation, token: NewToken, audit: AuditRecord): Promise<void>;
  /** Those that were used. */
  forget(hashes: readonly string[]): Promise<void>;
}
