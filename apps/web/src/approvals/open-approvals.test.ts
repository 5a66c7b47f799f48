import { applyEvents, emptySessionView } from "@trunkline/contract/session-view";
import type { Approval, SessionEvent } from "@trunkline/contract";
import type { ApprovalRow } from "@trunkline/contract/session-view";
import { expect, it } from "vitest";
import { openApprovals } from "./open-approvals.ts";

const row = (approvalId: string, state: ApprovalRow["state"]): ApprovalRow => ({
  kind: "approval",
  key: `approval:${approvalId}`,
  seq: 1,
  at: 1,
  taskId: "t",
  approvalId,
  callId: `call-${approvalId}`,
  tool: "bash",
  input: { command: "id" },
  reason: "why",
  always: null,
  expiresAt: 2,
  state,
  by: null,
  note: null,
});

const approval = (id: string, changes: Partial<Approval> = {}): Approval => ({
  id,
  sessionId: "s",
  taskId: "t",
  callId: `call-${id}`,
  tool: "bash",
  input: { command: "id" },
  reason: "why",
  always: null,
  rules: [],
  state: "open",
  createdAt: 1,
  expiresAt: 2,
  answeredBy: null,
  answeredAt: null,
  note: null,
  ...changes,
});

const ids = (state: Omit<Parameters<typeof openApprovals>[0], "questions">): string[] =>
  openApprovals({ questions: [], ...state }).map(({ approvalId }) => approvalId);

it("shows what waits, in the order in which it was asked", () => {
  const view = { ...emptySessionView(), rows: [row("c", "open"), row("d", "open")] };
  const approvals = [approval("b", { createdAt: 2 }), approval("a")];
  expect(ids({ view, approvals })).toEqual(["a", "b", "c", "d"]);
});

it("shows no request twice, and none that the events say is answered", () => {
  const view = { ...emptySessionView(), rows: [row("a", "open"), row("b", "allow"), row("c", "expired")] };
  expect(ids({ view, approvals: [approval("a"), approval("b"), approval("c")] })).toEqual(["a"]);
});

it("shows none of a task that went on since", () => {
  const view = { ...emptySessionView(), tasks: [{ id: "t", state: "working" }] };
  expect(ids({ view: view as never, approvals: [approval("a")] })).toEqual([]);
});

it("A4: shows a question with its options until it is answered", () => {
  const log = [
    ["task.submitted", { prompt: "go", model: null }],
    ["task.started", { attempt: 1 }],
    ["question.asked", { questionId: "q", callId: "c", text: "Which?", options: [{ id: "a", label: "A" }] }],
    ["task.input-required", { reason: "question" }],
    ["question.answered", { questionId: "q", answer: { text: "A" }, by: "local" }],
  ].map(([type, data], index) => ({ sessionId: "s", taskId: "t", seq: index + 1, at: index, type, data }));
  const open = (count: number) =>
    openApprovals({
      view: applyEvents(emptySessionView(), log.slice(0, count) as SessionEvent[]),
      approvals: [],
      questions: [],
    });
  expect(open(4)).toMatchObject([
    { approvalId: "q", answeredBy: "question.answer", question: { text: "Which?", options: [{ id: "a" }] } },
  ]);
  expect(open(5)).toEqual([]);
});
