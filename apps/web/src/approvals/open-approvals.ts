import type { Approval, Json, QuestionOption } from "@trunkline/contract";
import type { ApprovalRow } from "@trunkline/contract/session-view";
import type { SessionState } from "../session-stream/session-state.ts";
import { type CallNature, field } from "../transcript/tool-words.ts";

/** What the agent wants to know of somebody. */
export interface Question {
  text: string;
  options: readonly QuestionOption[];
  /** Whether several options may be chosen. */
  multiple: boolean;
}

/** A call that waits for somebody. */
export interface OpenApproval extends CallNature {
  approvalId: string;
  tool: string;
  input: Json;
  reason: string;
  /** What `always` would allow for the rest of the session; null where nothing can be allowed for good. */
  always: string | null;
  /** When it counts as denied, in ms since the epoch by the server's clock. */
  expiresAt: number;
  /** Where it asks for an answer, and not for leave to do something. */
  question: Question | null;
}

/** All that waits in a session, oldest first: what its events say, and what was known when it was opened. */
export function openApprovals({ view, approvals }: Pick<SessionState, "view" | "approvals">): OpenApproval[] {
  const told = view.rows.filter((row) => row.kind === "approval");
  const ids = new Set(told.map(({ approvalId }) => approvalId));
  const ended = new Set(view.tasks.filter(({ state }) => state !== "input-required").map(({ id }) => id));
  const untold = approvals
    // Of a task that went on, nothing waits any more.
    .filter(({ id, state, taskId }) => state === "open" && !ids.has(id) && !ended.has(taskId))
    .toSorted((a, b) => a.createdAt - b.createdAt)
    .map(fromApproval);
  return [...untold, ...told.filter(({ state }) => state === "open").map(fromRow)];
}

/** A question that waits as an approval does. */
export function questionOf({ tool, input }: { tool: string; input: Json }): Question | null {
  return tool === "ask_user" ? { text: field(input, "question"), options: [], multiple: false } : null;
}

function fromApproval({ id, tool, input, reason, always, expiresAt }: Approval): OpenApproval {
  return { approvalId: id, tool, input, reason, always, expiresAt, question: questionOf({ tool, input }) };
}

function fromRow({ approvalId, tool, input, reason, always, expiresAt }: ApprovalRow): OpenApproval {
  return { approvalId, tool, input, reason, always, expiresAt, question: questionOf({ tool, input }) };
}
