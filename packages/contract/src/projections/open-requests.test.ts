import { describe, expect, it } from "vitest";
import type { EventBody } from "../event.ts";
import { isAllowed, OpenApprovals } from "./approval-life.ts";
import type { OpenRequests } from "./open-requests.ts";
import { OpenQuestions } from "./question-life.ts";

const end: EventBody = { type: "task.canceled", data: { reason: "user", by: "me" } };

const asks = {
  approval: (approvalId: string): EventBody => ({
    type: "approval.requested",
    data: { approvalId, callId: `call ${approvalId}`, tool: "bash", input: {}, reason: "", expiresAt: 1 },
  }),
  question: (questionId: string): EventBody => ({
    type: "question.asked",
    data: { questionId, callId: `call ${questionId}`, text: "Which?" },
  }),
};
const answers = {
  approval: (approvalId: string): EventBody => ({
    type: "approval.answered",
    data: { approvalId, decision: "allow", by: "me", note: "go" },
  }),
  question: (questionId: string): EventBody => ({
    type: "question.answered",
    data: { questionId, answer: { text: "This" }, by: "me" },
  }),
};
const expiries = {
  approval: (approvalId: string): EventBody => ({ type: "approval.expired", data: { approvalId } }),
  question: (questionId: string): EventBody => ({ type: "question.expired", data: { questionId } }),
};

describe.each(["approval", "question"] as const)("an %s", (what) => {
  const ids = (open: OpenRequests<unknown, { id: string }>, taskId: string) =>
    open.of(taskId).map(({ id }) => id);
  const opened = () => {
    const open: OpenRequests<unknown, { id: string }> =
      what === "approval" ? new OpenApprovals() : new OpenQuestions();
    open.apply({ ...asks[what]("1"), taskId: "a" });
    open.apply({ ...asks[what]("2"), taskId: "b" });
    open.apply({ ...asks[what]("3"), taskId: "a" });
    return open;
  };

  it("is open from when it is asked, the oldest first", () => {
    const open = opened();
    expect(open.first?.id).toBe("1");
    expect(ids(open, "a")).toEqual(["1", "3"]);
    expect(ids(open, "b")).toEqual(["2"]);
  });

  it("is closed by the first answer, or by its expiry, alone", () => {
    const open = opened();
    const [closed] = open.apply({ ...answers[what]("1"), taskId: "a" });
    expect(closed).toMatchObject({ id: "1", taskId: "a", settlement: { id: "1", by: "me" } });
    expect(open.apply({ ...expiries[what]("1"), taskId: "a" })).toEqual([]);
    const [expired] = open.apply({ ...expiries[what]("3"), taskId: "a" });
    expect(expired).toMatchObject({ id: "3", settlement: { state: "expired", by: null } });
    expect(ids(open, "a")).toEqual([]);
    expect(open.first?.id).toBe("2");
  });

  it("is withdrawn with its task, and with no other", () => {
    const open = opened();
    expect(open.apply({ ...end, taskId: "a" }).map(({ id, settlement }) => [id, settlement])).toEqual([
      ["1", null],
      ["3", null],
    ]);
    expect(open.first?.id).toBe("2");
  });

  it("can be known to be closed before an event says so", () => {
    const open = opened();
    open.forget("1");
    expect(ids(open, "a")).toEqual(["3"]);
    expect(open.apply({ ...answers[what]("1"), taskId: "a" })).toEqual([]);
  });
});

it("allows by allow and always alone", () => {
  const states = ["allow", "always", "deny", "expired"] as const;
  expect(states.filter((state) => isAllowed({ state }))).toEqual(["allow", "always"]);
});
