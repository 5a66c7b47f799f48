import type { Approval, Json } from "@trunkline/contract";
import type { Selectable } from "kysely";
import type { ApprovalsTable } from "../store/schema.ts";
import type { ApprovalRequest } from "./port.ts";

type ApprovalRow = Selectable<ApprovalsTable>;

/** The part of a request that nobody searches by. */
interface StoredRequest {
  tool: string;
  input: Json;
  reason: string;
  always?: string;
}

export function toRow(
  request: ApprovalRequest,
  rest: Pick<ApprovalRow, "id" | "session_id" | "task_id" | "owner_id" | "created_at" | "expires_at">,
): ApprovalRow {
  const { callId, tool, input, reason, always } = request;
  return {
    ...rest,
    call_id: callId,
    state: "open",
    request: JSON.stringify({ tool, input, reason, always } satisfies StoredRequest),
    answered_by: null,
    answered_at: null,
    note: null,
  };
}

/** A row as the contract shows it. */
export function toApproval(row: ApprovalRow): Approval {
  const { tool, input, reason, always = null } = JSON.parse(row.request) as StoredRequest;
  return {
    id: row.id,
    sessionId: row.session_id,
    taskId: row.task_id,
    callId: row.call_id,
    tool,
    input,
    reason,
    always,
    state: row.state,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    answeredBy: row.answered_by,
    answeredAt: row.answered_at,
    note: row.note,
  };
}
