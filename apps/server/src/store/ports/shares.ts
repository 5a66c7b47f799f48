import type { Share } from "@trunkline/contract";
import type { AuditRecord } from "./audit.ts";

export interface StoredShare extends Share {
  /** Of the session. */
  ownerId: string;
  /** SHA-256 of the secret, hex. */
  hash: string;
}

/** Links that let anybody read a session. Those of deleted sessions are not found. */
export interface ShareStore {
  findByHash(hash: string): Promise<StoredShare | undefined>;
  /** Those with these ids, in the form that tokens are asked in. */
  several(shareIds: readonly string[]): Promise<{ id: string; expiresAt: number | null; revokedAt: null }[]>;
  /** Newest first. @param endedBy omits those expired by then. */
  ofSession(session: { sessionId: string; ownerId: string; endedBy: number }): Promise<StoredShare[]>;
  find(share: { id: string; ownerId: string }): Promise<StoredShare | undefined>;
  /**
   * Stores it, and deletes those of the session that have expired by its creation.
   * @throws GuardFailedError if the owner has no such session, or it has `limit` links
   */
  create(share: StoredShare, limit: number, audit: AuditRecord): Promise<void>;
  touch(shareId: string, at: number): Promise<void>;
  /** @throws GuardFailedError if the owner has no such link. */
  delete(share: { id: string; ownerId: string }, audit: AuditRecord): Promise<void>;
  /** Deletes those with these hashes, if they exist: they were revoked before. */
  forget(hashes: readonly string[]): Promise<void>;
}
