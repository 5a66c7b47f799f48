import type { ToolCall } from "@trunkline/contract";
import type { ApprovalPolicy, ApprovalRequest } from "../approvals/port.ts";
import type { Tool } from "../tools/port.ts";
import type { ApprovalLedger, CallAnswer } from "./approval-ledger.ts";
import { type PreparedCall, prepareCall } from "./prepared-call.ts";

export interface PermissionDeps {
  tools: readonly Tool[];
  policy: ApprovalPolicy;
  ledger: ApprovalLedger;
}

/** Whether a call may be executed now; `answer` is what somebody said about it. */
export type Permission =
  | { type: "granted"; answer: CallAnswer | undefined }
  | { type: "denied"; answer: CallAnswer }
  | { type: "needed"; request: ApprovalRequest };

/** What was decided about this very call stands, whatever the policy says by now. */
export function permissionFor(
  { policy, ledger }: PermissionDeps,
  call: ToolCall,
  { tool, input }: PreparedCall,
): Permission {
  const answer = ledger.answerTo(call.callId);
  if (answer !== undefined) return { type: answer.allowed ? "granted" : "denied", answer };
  const demand = policy.demandOf(tool, input, ledger);
  if (demand === null) return { type: "granted", answer };
  return { type: "needed", request: { ...call, ...demand } };
}

/** @returns what must be asked about the calls before they are executed; together, so that a person is asked once. */
export function requestsFor(deps: PermissionDeps, calls: readonly ToolCall[]): ApprovalRequest[] {
  return calls.flatMap((call) => {
    const prepared = prepareCall(deps.tools, call);
    if ("refusal" in prepared) return [];
    const permission = permissionFor(deps, call, prepared);
    return permission.type === "needed" ? [permission.request] : [];
  });
}

/** What the model is told of a call that was not allowed. */
export function denialText({ by, note }: CallAnswer): string {
  if (by === null)
    return "Not executed: nobody allowed it in time. Go on without it, or say what you would need";
  return note === undefined ? `Not executed: ${by} does not allow it` : `Not executed: ${by} says: ${note}`;
}

/** Adds to a result what the person who allowed the call had to say. */
export function withAnswer(output: string, answer: CallAnswer | undefined): string {
  if (answer?.note === undefined || answer.by === null) return output;
  const words = `[${answer.by} says: ${answer.note}]`;
  return output === "" ? words : `${output.trimEnd()}\n${words}`;
}
