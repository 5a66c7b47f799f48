import type { User } from "@trunkline/contract";
import type { AuditRecord } from "./audit.ts";

export interface UserStore {
  find(userId: string): Promise<User | undefined>;
  findByName(name: string): Promise<User | undefined>;
  /** Newest first. */
  page(query: { name?: string; beforeId?: string; limit: number }): Promise<User[]>;
  /** Whether more than one can sign in. */
  areSeveral(): Promise<boolean>;
  /** Does nothing if the name is taken. */
  ensure(user: User): Promise<void>;
  /** @throws UniqueViolationError if the name is taken. */
  create(user: User, audit: AuditRecord): Promise<void>;
  /** Restores a removed one, with the sessions that were kept. */
  restore(userId: string, audit: AuditRecord): Promise<void>;
  /** Locks the user out: revokes its tokens, and hides its sessions, which this node then removes. */
  remove(
    user: { id: string; at: number; sessionsHiddenBy: string | null },
    audit: AuditRecord,
  ): Promise<void>;
  /** Reapplies revocations that a restored database lacks: tokens from before `at`, and the user if it was removed. */
  shutOut(user: { id: string; at: number; isRemoved: boolean }): Promise<void>;
  /** Removes a user without sessions, and its tokens. */
  forget(userId: string): Promise<void>;
}
