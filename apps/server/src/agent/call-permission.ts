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

/** What is to be done about a call now. */
export type CallPlan =
  /** No tool takes it; the text tells the model why. */
  | { type: "refuse"; output: string }
  | { type: "deny"; output: string }
  | { type: "execute"; prepared: PreparedCall; decision: CallAnswer | undefined }
  /** It is a question, and this became of it. */
  | { type: "answer"; status: "succeeded" | "failed"; output: string }
  | { type: "ask-approval"; request: ApprovalRequest }
  | { type: "ask-question"; request: QuestionRequest };

/** What was decided about this very call stands, whatever the policy says by now. */
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
  // As it will be executed: what a person reads is what they allow.
  const shown = { callId, tool: tool.name, input: input as Json, title, kind, locations };
  return { type: "ask-approval", request: { ...shown, ...demand } };
}

/** @returns what must be asked about the calls before they are executed; together, so that a person is asked once. */
export function waitsFor(deps: PermissionDeps, calls: readonly ToolCall[]): Waits {
  const plans = calls.map((call) => planCall(deps, call));
  return {
    approvals: plans.flatMap((plan) => (plan.type === "ask-approval" ? [plan.request] : [])),
    questions: plans.flatMap((plan) => (plan.type === "ask-question" ? [plan.request] : [])),
  };
}

function denialText({ by, note }: CallAnswer): string {
  if (by === null) return "Not run: nobody approved it in time. Go on without it, or say what you would need";
  return note === undefined ? `Denied by ${by}; not run` : `Denied by ${by}; not run. They say: ${note}`;
}

/** Adds to a result what the person who allowed the call had to say. */
export function withNote(output: string, decision: CallAnswer | undefined): string {
  if (decision?.note === undefined || decision.by === null) return output;
  const words = `[${decision.by} says: ${decision.note}]`;
  return output === "" ? words : `${output.trimEnd()}\n${words}`;
}
