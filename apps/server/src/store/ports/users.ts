import type { User } from "@trunkline/contract";
import type { AuditRecord } from "./audit.ts";

export interface UserStore {
  find(userId: string): Promise<User | undefined>;
  findByName(name: string): Promise<User | undefined>;
  /** Newest first. */
  page(query: { name?: string; beforeId?: string; limit: number }): Promise<User[]>;
  /** Whether more than one can sign in. */
  areSeveral(): Promise<boolean>;
  /** Does nothing where the name is taken. */
  ensure(user: User): Promise<void>;
  /** @throws UniqueViolationError where the name is taken. */
  create(user: User, audit: AuditRecord): Promise<void>;
  /** Brings back a removed one, with the sessions that were kept. */
  restore(userId: string, audit: AuditRecord): Promise<void>;
  /** Nobody can act as the user any more: its tokens are revoked; and its sessions are out of sight, where this node removes them. */
  remove(
    user: { id: string; at: number; sessionsHiddenBy: string | null },
    audit: AuditRecord,
  ): Promise<void>;
  /** Takes away again what a database from before still gives: tokens from before `at`, and the user where it is removed. */
  shutOut(user: { id: string; at: number; isRemoved: boolean }): Promise<void>;
  /** Removes a user that has no sessions any more, and its tokens. */
  forget(userId: string): Promise<void>;
}
