import {
  type Approval,
  type EventDataOf,
  type Json,
  type Question as StoredQuestion,
  type QuestionForm,
  type QuestionOption,
  questionSettledBy,
  type RuleTerms,
} from "@trunkline/contract";
import type { ApprovalRow } from "@trunkline/contract/session-view";
import type { SessionState } from "../session-stream/session-state.ts";
import { type CallNature, field } from "../transcript/tool-words.ts";

/** A question from the agent. */
export interface Question {
  text: string;
  options: readonly QuestionOption[];
  /** Whether several options may be chosen. */
  multiple: boolean;
  /** What an MCP server asks for; null: the agent asks. */
  form: QuestionForm | null;
}

/** A call that needs approval. */
export interface OpenApproval extends CallNature {
  approvalId: string;
  tool: string;
  input: Json;
  reason: string;
  /** What `always` would allow for the rest of the session; null if it is not offered. */
  always: string | null;
  /** The rules that it can make, the narrowest first; empty in logs from before. */
  rules: readonly RuleTerms[];
  /** When it is denied, or closed unanswered; ms since the epoch by the server's clock; null: never. */
  expiresAt: number | null;
  /** Set for a question; null for an approval. */
  question: Question | null;
  /** The procedure that takes the answer. */
  answeredBy: "approval.answer" | "question.answer";
}

/** What was made of rows, events and stored requests: each keeps its identity, so that nothing is rendered anew for it. */
const made = new WeakMap<object, OpenApproval>();

function remembered<Source extends object>(
  source: Source,
  make: (source: Source) => OpenApproval,
): OpenApproval {
  const known = made.get(source);
  if (known !== undefined) return known;
  const request = make(source);
  made.set(source, request);
  return request;
}

type Waiting = Pick<SessionState, "view" | "approvals" | "questions">;

/** All open requests of a session, oldest first: from its events and from what was known when it was opened. */
export function openApprovals(session: Waiting): OpenApproval[] {
  const { view, approvals } = session;
  const told = view.rows.filter((row) => row.kind === "approval");
  const ids = new Set(told.map(({ approvalId }) => approvalId));
  const ended = new Set(view.tasks.filter(({ state }) => state !== "input-required").map(({ id }) => id));
  const untold = approvals
    // A task that resumed waits for nothing.
    .filter(({ id, state, taskId }) => state === "open" && !ids.has(id) && !ended.has(taskId))
    .toSorted((a, b) => a.createdAt - b.createdAt)
    .map((stored) => remembered(stored, fromApproval));
  const open = told.filter((row) => row.state === "open").map((row) => remembered(row, fromRow));
  return [...untold, ...open, ...openQuestions(session)];
}

function openQuestions({ view, questions }: Waiting): OpenApproval[] {
  // Only waiting tasks are searched: the log of a running one changes every frame.
  const waits = new Set(view.tasks.filter(({ state }) => state === "input-required").map(({ id }) => id));
  const isTold = new Set(view.tasks.map(({ id }) => id));
  const untold = questions.filter(({ state, taskId }) => state === "open" && !isTold.has(taskId));
  const asked = new Map<string, OpenApproval>();
  for (const one of questions) {
    if (one.state === "open" && (waits.has(one.taskId) || untold.includes(one))) {
      asked.set(one.id, remembered(one, fromStoredQuestion));
    }
  }
  if (waits.size === 0) return [...asked.values()];
  for (const event of view.events) {
    const settled = questionSettledBy(event);
    if (settled !== null) asked.delete(settled.id);
    if (event.type !== "question.asked" || !waits.has(event.taskId ?? "")) continue;
    asked.set(event.data.questionId, remembered(event.data, fromAsked));
  }
  return [...asked.values()];
}

function fromAsked(data: EventDataOf<"question.asked">): OpenApproval {
  const { questionId, text, options = [], multiple = false, form = null, expiresAt = null } = data;
  return fromQuestion(questionId, { text, options, multiple, form }, expiresAt);
}

function fromQuestion(approvalId: string, question: Question, expiresAt: number | null): OpenApproval {
  const input = { question: question.text };
  const answeredBy = "question.answer";
  return {
    approvalId,
    tool: "",
    input,
    reason: "",
    always: null,
    rules: [],
    expiresAt,
    question,
    answeredBy,
  };
}

/** A question stored as an approval. */
export function questionOf({ tool, input }: { tool: string; input: Json }): Question | null {
  return tool === "ask_user"
    ? { text: field(input, "question"), options: [], multiple: false, form: null }
    : null;
}

export function fromStoredQuestion(stored: StoredQuestion): OpenApproval {
  const { id, text, options, multiple, form, expiresAt } = stored;
  return fromQuestion(id, { text, options: options ?? [], multiple, form }, expiresAt);
}

export function fromApproval({ id, tool, input, reason, always, rules, expiresAt }: Approval): OpenApproval {
  return {
    approvalId: id,
    tool,
    input,
    reason,
    always,
    rules,
    expiresAt,
    question: questionOf({ tool, input }),
    answeredBy: "approval.answer",
  };
}

function fromRow({
  approvalId,
  tool,
  input,
  reason,
  always,
  rules = [],
  expiresAt,
}: ApprovalRow): OpenApproval {
  return {
    approvalId,
    tool,
    input,
    reason,
    always,
    rules,
    expiresAt,
    question: questionOf({ tool, input }),
    answeredBy: "approval.answer",
  };
}
