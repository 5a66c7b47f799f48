import type { AuditEntry, Principal } from "@trunkline/contract";
import type { AuditRecord } from "../store/port.ts";

/** An event for the audit trail. No secrets: ids and reasons, never what somebody wrote. */
export interface AuditEvent {
  /** The caller, with token and address; null if unknown. */
  by: Principal | null;
  /** Address of an unknown caller. */
  address?: string;
  /** The procedure, e.g. `token.revoke`, or the HTTP method and path. */
  action: string;
  /** Id of what it was done to. */
  target?: string;
  decision: AuditEntry["decision"];
  /** Further detail in a word or two. */
  detail?: string;
}

export interface Audit {
  /** Builds an entry to be committed together with the change it records. */
  entry(event: AuditEvent): AuditRecord;
  /** Stores a separate entry. Never throws: if the store fails, it goes to the server's log. */
  record(event: AuditEvent): Promise<void>;
  /**
   * Records a refusal: the first of a kind immediately, repetitions as one entry with a count. Costs the caller
   * nothing, and the trail grows by a few entries a minute at most.
   */
  refused(event: Omit<AuditEvent, "decision">): void;
  /** Stores pending counts. */
  close(): Promise<void>;
}
