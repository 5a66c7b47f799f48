import { randomUUID } from "node:crypto";
import type { AuditRecord } from "../port.ts";

/** An audit entry with any content. */
export function auditRecord(with_: Partial<AuditRecord> = {}): AuditRecord {
  const who = { userId: null, userName: null, tokenId: null, address: null };
  return {
    id: randomUUID(),
    at: 1,
    ...who,
    action: "user.create",
    target: null,
    decision: "allowed",
    detail: null,
    count: 1,
    ...with_,
  };
}
