import { type Json, MAX_SUBAGENTS, type ToolCall } from "@trunkline/contract";
import type { ApprovalPolicy, ApprovalRequest, QuestionRequest } from "../approvals/port.ts";
import type { Tool } from "../tools/port.ts";
import type { ApprovalLedger, CallAnswer } from "./approval-ledger.ts";
import { describeCall } from "./described-call.ts";
import type { SubagentRequest, Waits } from "./port.ts";
import type { RunState } from "./run-state.ts";
import { type PreparedCall, prepareCall } from "./prepared-call.ts";
import { NOT_ANSWERED } from "./question-answer.ts";

export interface PermissionDeps {
  tools: readonly Tool[];
  policy: ApprovalPolicy;
  ledger: ApprovalLedger;
  /** Absolute path of the tools' working directory. */
  workspace: string;
  /** Absent: there are none. */
  state?: Pick<RunState, "subagents">;
}

/** What to do with a call. */
export type CallPlan =
  /** Invalid; the text tells the model why. */
  | { type: "refuse"; output: string }
  /** `rule`: the one that denies it, in words; absent: a person did. */
  | { type: "deny"; output: string; rule?: string }
  /** Overtaken by what the user says. */
  | { type: "skip"; output: string }
  | {
      type: "execute";
      prepared: PreparedCall;
      decision: CallAnswer | undefined;
      /** The rule that allows it, in words. */
      rule?: string | undefined;
      /** Only if none of its paths leads through a symbolic link. */
      checksPaths?: boolean;
    }
  /** An answered question. */
  | { type: "answer"; status: "succeeded" | "failed"; output: string }
  | { type: "ask-approval"; request: ApprovalRequest }
  | { type: "ask-question"; requests: readonly QuestionRequest[] }
  /** It works, or is to be started. */
  | { type: "subagent"; request: SubagentRequest };

const CHANGED =
  "Not run: the server has changed this tool since the call was approved. Look at its description again";

/** Whoever allowed the call has read another description. */
function hasChanged({ name, revision }: Tool, { tool }: CallAnswer): boolean {
  return revision !== undefined && tool !== undefined && tool !== `${name}:${revision}`;
}

/** A decision on this very call stands, whatever the policy says now. */
export function planCall(
  { tools, policy, ledger, workspace, state }: PermissionDeps,
  call: ToolCall,
): CallPlan {
  const prepared = prepareCall(tools, call);
  if ("refusal" in prepared) return { type: "refuse", output: prepared.refusal };
  const { tool, input } = prepared;
  const { callId } = call;
  const decision = ledger.decisionOn(callId);
  if (decision !== undefined) {
    if (decision.allowed && hasChanged(tool, decision)) return { type: "refuse", output: CHANGED };
    return decision.allowed
      ? { type: "execute", prepared, decision }
      : { type: "deny", output: denialText(decision) };
  }
  if (tool.question !== undefined) {
    const answer = ledger.answerTo(callId);
    if (answer === undefined) {
      const questions = [tool.question(input)].flat();
      return { type: "ask-question", requests: questions.map((question) => ({ callId, ...question })) };
    }
    return answer.text === null
      ? { type: "answer", status: "failed", output: NOT_ANSWERED }
      : { type: "answer", status: "succeeded", output: answer.text };
  }
  if (tool.subagent !== undefined) {
    const end = state?.subagents.endOf(callId);
    if (end === undefined) return planSubagent(state, { callId, ...tool.subagent(input) });
    const { state: outcome, result = "" } = end;
    return outcome === "completed"
      ? { type: "answer", status: "succeeded", output: result }
      : {
          type: "answer",
          status: "failed",
          output: `The subagent ${SUBAGENT_ENDS[outcome]}. ${result}`.trim(),
        };
  }
  const verdict = policy.verdictOn({ tool, input, workspace }, ledger);
  if (verdict.type === "allow") return { ...verdict, type: "execute", prepared, decision };
  if (verdict.type === "deny") {
    const { rule } = verdict;
    return { type: "deny", output: `Not run, by a rule of the user: ${rule}`, rule };
  }
  const { title, kind, locations } = describeCall(tools, call);
  // As it will be executed: a person allows what they read.
  const shown = { callId, tool: tool.name, input: input as Json, title, kind, locations };
  return { type: "ask-approval", request: { ...shown, ...verdict.demand } };
}

const SUBAGENT_ENDS = { failed: "failed", canceled: "was canceled", rejected: "was rejected" } as const;

function planSubagent(state: PermissionDeps["state"], request: SubagentRequest): CallPlan {
  const { count = 0 } = state?.subagents ?? {};
  const isStarted = state?.subagents.openFor(request.callId) !== undefined;
  if (isStarted || count < MAX_SUBAGENTS) return { type: "subagent", request };
  return { type: "refuse", output: `This task has had ${MAX_SUBAGENTS} subagents; do the rest yourself` };
}

/** Whether a person has answered for this very call, or its subagent works. */
export function isDecided({ ledger, state }: PermissionDeps, { callId }: ToolCall): boolean {
  const { subagents } = state ?? {};
  if (subagents?.openFor(callId) !== undefined || subagents?.endOf(callId) !== undefined) return true;
  return ledger.decisionOn(callId) !== undefined || ledger.answerTo(callId) !== undefined;
}

/** @returns the requests for all calls of the step together, so that a person is asked once. */
export function waitsFor(deps: PermissionDeps, calls: readonly ToolCall[]): Waits {
  const plans = calls.map((call) => planCall(deps, call));
  return {
    approvals: plans.flatMap((plan) => (plan.type === "ask-approval" ? [plan.request] : [])),
    questions: plans.flatMap((plan) => (plan.type === "ask-question" ? plan.requests : [])),
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
