import type { AuditEntry } from "@trunkline/contract";

/** An audit entry as stored. */
export type AuditRecord = AuditEntry;

/** The audit trail: append-only. */
export interface AuditStore {
  add(entry: AuditRecord, options?: { mayUseBallast?: boolean }): Promise<void>;
  /** Newest first. */
  page(query: {
    userId?: string;
    action?: string;
    decision?: AuditEntry["decision"];
    beforeId?: string;
    limit: number;
  }): Promise<AuditRecord[]>;
}
