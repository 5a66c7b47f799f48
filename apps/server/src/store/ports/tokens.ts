import type { Scope } from "@trunkline/contract";
import type { AuditRecord } from "./audit.ts";

export interface StoredToken {
  id: string;
  userId: string;
  /** The user that it belongs to. */
  userName: string;
  name: string;
  kind: "api" | "browser";
  scope: Scope;
  /** For a browser's sign-in: the token that it is bound to, and revoked with. */
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
  /** Those with these ids. */
  several(tokenIds: readonly string[]): Promise<Pick<StoredToken, "id" | "expiresAt" | "revokedAt">[]>;
  /** Newest first. @param endedBy omits those revoked or expired by then. */
  page(query: {
    userId?: string;
    endedBy?: number;
    beforeId?: string;
    limit: number;
  }): Promise<StoredToken[]>;
  /**
   * @param options.deletesExpired deletes browser tokens that have expired by then, in the same commit.
   * @throws GuardFailedError if the user was removed, or the token that it is bound to was revoked.
   */
  add(
    token: NewToken,
    options?: { audit?: AuditRecord; deletesExpired?: number; mayUseBallast?: boolean },
  ): Promise<void>;
  touch(tokenId: string, at: number): Promise<void>;
  /** Including those bound to it. */
  revoke(tokenId: string, at: number, audit: AuditRecord): Promise<void>;
  /** The same for many, by hash, if they exist: they were revoked before. */
  revokeAgain(hashes: readonly string[], at: number): Promise<void>;
}
