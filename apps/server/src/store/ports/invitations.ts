import type { Scope } from "@trunkline/contract";
import type { AuditRecord } from "./audit.ts";
import type { NewToken } from "./tokens.ts";

/** Lets a new user in, once. A user has at most one. */
export interface StoredInvitation {
  userId: string;
  /** The user's id. */
  userName: string;
  /** Scope of the resulting token. */
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
  /** @returns undefined if it was used or replaced, or its user was removed. */
  findByHash(hash: string): Promise<StoredInvitation | undefined>;
  /**
   * Replaces the user's earlier one.
   * @throws GuardFailedError if the user was removed or, unless it is a recovery, has joined.
   */
  put(invitation: Omit<StoredInvitation, "userName">, audit: AuditRecord): Promise<void>;
  /**
   * Redeems it for the token.
   * @throws GuardFailedError if it was used or replaced, or the user was removed or, unless it is a recovery, has
   * joined.
   */
  redeem(invitation: StoredInvitation, token: NewToken, audit: AuditRecord): Promise<void>;
  /** Used ones. */
  forget(hashes: readonly string[]): Promise<void>;
}
