import type { AuditEntry } from "@trunkline/contract";

/** An entry of the trail, as it is stored. */
export type AuditRecord = AuditEntry;

/** The audit trail: entries are only ever added. */
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
