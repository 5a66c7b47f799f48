import type { Json, ToolCall } from "@trunkline/contract";
import type { ApprovalPolicy, ApprovalRequest, QuestionRequest } from "../approvals/port.ts";
import type { Tool } from "../tools/port.ts";
import type { ApprovalLedger, CallAnswer } from "./approval-ledger.ts";
import { describeCall } from "./described-call.ts";
import type { Waits } from "./port.ts";
import { type PreparedCall, prepareCall } from "./prepared-call.ts";
import { NOT_ANSWERED } from "./question-answer.ts";

export interface PermissionDeps {
  tools: readonly Tool[];
  policy: ApprovalPolicy;
  ledger: ApprovalLedger;
}

/** What to do with a call. */
export type CallPlan =
  /** Invalid; the text tells the model why. */
  | { type: "refuse"; output: string }
  | { type: "deny"; output: string }
  | { type: "execute"; prepared: PreparedCall; decision: CallAnswer | undefined }
  /** An answered question. */
  | { type: "answer"; status: "succeeded" | "failed"; output: string }
  | { type: "ask-approval"; request: ApprovalRequest }
  | { type: "ask-question"; request: QuestionRequest };

/** A decision on this very call stands, whatever the policy says now. */
export function planCall({ tools, policy, ledger }: PermissionDeps, call: ToolCall): CallPlan {
  const prepared = prepareCall(tools, call);
  if ("refusal" in prepared) return { type: "refuse", output: prepared.refusal };
  const { tool, input } = prepared;
  const { callId } = call;
  const decision = ledger.decisionOn(callId);
  if (decision !== undefined) {
    return decision.allowed
      ? { type: "execute", prepared, decision }
      : { type: "deny", output: denialText(decision) };
  }
  if (tool.question !== undefined) {
    const answer = ledger.answerTo(callId);
    if (answer === undefined) return { type: "ask-question", request: { callId, ...tool.question(input) } };
    return answer.text === null
      ? { type: "answer", status: "failed", output: NOT_ANSWERED }
      : { type: "answer", status: "succeeded", output: answer.text };
  }
  const demand = policy.demandOf(tool, input, ledger);
  if (demand === null) return { type: "execute", prepared, decision };
  const { title, kind, locations } = describeCall(tools, call);
  // As it will be executed: a person allows what they read.
  const shown = { callId, tool: tool.name, input: input as Json, title, kind, locations };
  return { type: "ask-approval", request: { ...shown, ...demand } };
}

/** @returns the requests for all calls of the step together, so that a person is asked once. */
export function waitsFor(deps: PermissionDeps, calls: readonly ToolCall[]): Waits {
  const plans = calls.map((call) => planCall(deps, call));
  return {
    approvals: plans.flatMap((plan) => (plan.type === "ask-approval" ? [plan.request] : [])),
    questions: plans.flatMap((plan) => (plan.type === "ask-question" ? [plan.request] : [])),
  };
}

function denialText({ by, note }: CallAnswer): string {
  if (by === null) return "Not run: nobody approved it in time. Continue without it, or say what you need";
  return note === undefined ? `Denied by ${by}; not run` : `Denied by ${by}; not run. They say: ${note}`;
}

/** Appends the note of whoever allowed the call to its result. */
export function withNote(output: string, decision: CallAnswer | undefined): string {
  if (decision?.note === undefined || decision.by === null) return output;
  const words = `[${decision.by} says: ${decision.note}]`;
  return output === "" ? words : `${output.trimEnd()}\n${words}`;
}
