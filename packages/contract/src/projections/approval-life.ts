import type { ApprovalState } from "../approval.ts";
import type { EventBody, EventDataOf } from "../event.ts";
import { OpenRequests } from "./open-requests.ts";

/** What became of an approval: somebody's decision, or nobody's in time, which counts as a denial. */
export interface ApprovalSettlement {
  /** The approval's. */
  id: string;
  state: Exclude<ApprovalState, "open" | "canceled">;
  /** Who decided, in words; null: nobody did. */
  by: string | null;
  note: string | null;
}

/** @returns the decision, or the expiry, that the event tells; null for every other event. */
export function approvalSettledBy(event: EventBody): ApprovalSettlement | null {
  if (event.type === "approval.expired") {
    return { id: event.data.approvalId, state: "expired", by: null, note: null };
  }
  if (event.type !== "approval.answered") return null;
  const { approvalId, decision, by, note = null } = event.data;
  return { id: approvalId, state: decision, by, note };
}

/** Whether the call that was asked about may be executed. */
export function isAllowed({ state }: Pick<ApprovalSettlement, "state">): boolean {
  return state === "allow" || state === "always";
}

/** The approvals that a session's events leave open. */
export class OpenApprovals extends OpenRequests<EventDataOf<"approval.requested">, ApprovalSettlement> {
  constructor() {
    super({
      requestedBy: (event) =>
        event.type === "approval.requested" ? { id: event.data.approvalId, request: event.data } : null,
      settledBy: approvalSettledBy,
    });
  }
}
