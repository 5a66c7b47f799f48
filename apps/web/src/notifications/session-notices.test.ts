import type { Session } from "@trunkline/contract";
import { expect, it } from "vitest";
import { sessionNotices } from "./session-notices.ts";

function session(
  status: Session["status"],
  state: string,
  reason: string | null = null,
  taskId = "t1",
): Session {
  const currentTask = { id: taskId, state, reason, startedAt: 1, endedAt: null };
  return { id: "s1", title: "Fix the tests", status, currentTask } as Session;
}

const bodies = (before: Session, now: Session): string[] => {
  const { reached } = sessionNotices(null, [before]);
  return sessionNotices(reached, [now]).notices.map(({ body }) => body);
};
const working = session("working", "working");

it("tells what has come to need its user, or has ended, once; nothing on the first look", () => {
  expect(sessionNotices(null, [session("idle", "completed")]).notices).toEqual([]);
  const asks = session("input-required", "input-required", "question");
  const { reached, notices } = sessionNotices(sessionNotices(null, [working]).reached, [asks]);
  expect(notices).toEqual([{ title: "Fix the tests", body: "Needs your answer", tag: "s1", path: "/s/s1" }]);
  expect(sessionNotices(reached, [asks]).notices).toEqual([]);
});

it.each([
  ["an approval", session("input-required", "input-required", "approval"), ["Needs your approval"]],
  ["a limit, which ends by itself", session("input-required", "input-required", "limit"), []],
  ["an end", session("idle", "completed"), ["Finished"]],
  ["a failure", session("idle", "failed"), ["Failed"]],
  ["a task that somebody canceled", session("idle", "canceled"), []],
])("%s", (_, now, told) => {
  expect(bodies(working, now)).toEqual(told);
});

it("the end of the next task is news, also without a look in between", () => {
  expect(bodies(session("idle", "completed"), session("idle", "completed", null, "t2"))).toEqual([
    "Finished",
  ]);
});
