import { type Approval, type ApprovalService, type Principal, TrunklineError } from "@trunkline/contract";
import type { Approvals } from "../approvals/port.ts";
import type { Audit } from "../audit/port.ts";
import { GuardFailedError, type Store } from "../store/port.ts";
import { openRequestsPage } from "./open-requests-page.ts";

export function createApprovalService({
  store,
  approvals,
  audit,
}: {
  store: Store;
  approvals: Approvals;
  audit: Audit;
}): ApprovalService {
  async function requireApproval({ userId }: Principal, approvalId: string): Promise<Approval> {
    const approval = await store.approvals.find(userId, approvalId);
    if (approval === undefined) throw new TrunklineError("not_found", `There is no approval ${approvalId}`);
    return approval;
  }

  return {
    list: async (principal, query) => openRequestsPage(store, store.approvals, principal, query),

    async answer(principal, { approvalId, decision, note }) {
      const approval = await requireApproval(principal, approvalId);
      if (approval.state === "open") {
        try {
          const entry = audit.entry({
            by: principal,
            action: "approval.answer",
            target: approvalId,
            decision: "allowed",
            detail: decision,
          });
          const answer = { decision, by: principal.name, note };
          await approvals.answer(principal.userId, approval, answer, entry);
        } catch (error) {
          // Already answered or expired: the result is compared below.
          if (!(error instanceof GuardFailedError)) throw error;
        }
      }
      const settled = approval.state === "open" ? await requireApproval(principal, approvalId) : approval;
      if (settled.state !== decision) throw closed(settled);
      return settled;
    },
  };
}

function closed({ id, state, answeredBy }: Approval): TrunklineError {
  const how =
    state === "expired"
      ? "has expired, which counts as a no"
      : state === "canceled"
        ? "is no longer needed: its task has ended"
        : `was answered with '${state}' by ${answeredBy ?? "somebody"}`;
  return new TrunklineError("approval_closed", `Approval ${id} ${how}`);
}
