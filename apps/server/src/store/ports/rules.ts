import type { ApprovalRule } from "@trunkline/contract";
import type { AuditRecord } from "./audit.ts";

/** A user's rule, for all their sessions or those of a project. */
export interface StoredRule extends Omit<ApprovalRule, "level" | "sessionId"> {
  ownerId: string;
}

/** Users' approval rules. The rules of a session are in its log, the operator's in the configuration file. */
export interface RuleStore {
  /** All, newest first, expired ones included. */
  ofOwner(ownerId: string): Promise<StoredRule[]>;
  /** The owner's that hold in a session: those of no project, and those of its project. */
  inSession(session: { sessionId: string; ownerId: string }): Promise<StoredRule[]>;
  /** @throws GuardFailedError if the owner has `MAX_USER_RULES`, as does an append with a rule. */
  create(rule: StoredRule, audit: AuditRecord): Promise<void>;
  /** @throws GuardFailedError if the owner has no such rule. */
  delete(rule: { id: string; ownerId: string }, audit: AuditRecord): Promise<void>;
  /** Deletes all of a user's. */
  deleteOf(ownerId: string): Promise<void>;
}
