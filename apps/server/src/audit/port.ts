import type { AuditEntry, Principal } from "@trunkline/contract";
import type { AuditRecord } from "../store/port.ts";

/** What happened, for the trail. No secrets: ids and reasons, never what somebody wrote. */
export interface AuditEvent {
  /** Who; null where nobody knows. Also says with which token, and from where. */
  by: Principal | null;
  /** From where, of who is not known. */
  address?: string;
  /** The procedure, e.g. `token.revoke`, or the method and path of HTTP. */
  action: string;
  /** Id of what it was done to. */
  target?: string;
  decision: AuditEntry["decision"];
  /** What else there is to say, in a word or two. */
  detail?: string;
}

export interface Audit {
  /** The entry, for who commits it together with the change that it tells of. */
  entry(event: AuditEvent): AuditRecord;
  /** Stores an entry by itself. Never throws: where the store cannot, the server's log gets it. */
  record(event: AuditEvent): Promise<void>;
  /**
   * Notes that something was refused: the first of a kind at once, the repetitions as one entry that counts them. Costs
   * the caller nothing, and however many come, the trail grows by a few entries a minute.
   */
  refused(event: Omit<AuditEvent, "decision">): void;
  /** Stores what is still being counted. */
  close(): Promise<void>;
}
