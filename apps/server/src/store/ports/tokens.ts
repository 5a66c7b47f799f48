import type { Scope } from "@trunkline/contract";
import type { AuditRecord } from "./audit.ts";

export interface StoredToken {
  id: string;
  userId: string;
  /** Of the user that it belongs to. */
  userName: string;
  name: string;
  kind: "api" | "browser";
  scope: Scope;
  /** Of a browser's sign-in: the token that it is bound to, and that takes it along when it is revoked. */
  parentId: string | null;
  /** SHA-256 of the secret, hex. */
  hash: string;
  createdAt: number;
  expiresAt: number | null;
  lastUsedAt: number | null;
  revokedAt: number | null;
}

export type NewToken = Omit<StoredToken, "userName" | "lastUsedAt" | "revokedAt">;

export interface TokenStore {
  find(tokenId: string): Promise<StoredToken | undefined>;
  findByHash(hash: string): Promise<StoredToken | undefined>;
  /** Of these, by id. */
  several(tokenIds: readonly string[]): Promise<Pick<StoredToken, "id" | "expiresAt" | "revokedAt">[]>;
  /** Newest first. @param endedBy leaves out what was revoked or has expired by then. */
  page(query: {
    userId?: string;
    endedBy?: number;
    beforeId?: string;
    limit: number;
  }): Promise<StoredToken[]>;
  /**
   * @param options.deletesExpired browser tokens that have expired by then go in the same commit.
   * @throws GuardFailedError where the user was removed, or the token that it is bound to was revoked.
   */
  add(
    token: NewToken,
    options?: { audit?: AuditRecord; deletesExpired?: number; mayUseBallast?: boolean },
  ): Promise<void>;
  touch(tokenId: string, at: number): Promise<void>;
  /** Also those that are bound to it. */
  revoke(tokenId: string, at: number, audit: AuditRecord): Promise<void>;
  /** The same for many by their hashes, whichever of them there are: they were revoked once already. */
  revokeAgain(hashes: readonly string[], at: number): Promise<void>;
}
