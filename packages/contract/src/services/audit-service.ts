import type { AuditPage, ListAuditInput } from "../audit.ts";
import type { Principal } from "../principal.ts";

export interface AuditService {
  list(principal: Principal, input: ListAuditInput): Promise<AuditPage>;
}
