import type { ApprovalState } from "../approval.ts";
import type { EventBody, EventDataOf } from "../event.ts";
import { OpenRequests } from "./open-requests.ts";

/** Outcome of an approval: a decision, or an expiry, which counts as a denial. */
export interface ApprovalSettlement {
  /** The approval's id. */
  id: string;
  state: Exclude<ApprovalState, "open" | "canceled">;
  /** Name of who decided; null: nobody did. */
  by: string | null;
  note: string | null;
  /** What `always` made; absent: nothing, or in a log from before. */
  rule?: EventDataOf<"approval.answered">["rule"];
}

/** @returns the decision or expiry in the event; null for any other event. */
export function approvalSettledBy(event: EventBody): ApprovalSettlement | null {
  if (event.type === "approval.expired") {
    return { id: event.data.approvalId, state: "expired", by: null, note: null };
  }
  if (event.type !== "approval.answered") return null;
  const { approvalId, decision, by, note = null, rule } = event.data;
  return { id: approvalId, state: decision, by, note, ...(rule && { rule }) };
}

/** Whether the call may be executed. */
export function isAllowed({ state }: Pick<ApprovalSettlement, "state">): boolean {
  return state === "allow" || state === "always";
}

/** The open approvals of a session, from its events. */
export class OpenApprovals extends OpenRequests<EventDataOf<"approval.requested">, ApprovalSettlement> {
  constructor() {
    super({
      requestedBy: (event) =>
        event.type === "approval.requested" ? { id: event.data.approvalId, request: event.data } : null,
      settledBy: approvalSettledBy,
    });
  }
}
