import assert from "node:assert/strict";
import {
  approvalSettledBy,
  isAllowed,
  OpenApprovals,
  OpenQuestions,
  questionSettledBy,
  type SessionEvent,
} from "@trunkline/contract";
import { describe } from "./piece-events.ts";

/**
 * Every approval and question is settled at most once, after it was asked; a task waits only while one of its requests
 * is open, and resumes only when none is.
 */
export function assertRequestsAnsweredOnce(events: readonly SessionEvent[]): void {
  assertAnsweredOnce(events, "approval", new OpenApprovals(), approvalSettledBy);
  assertAnsweredOnce(events, "question", new OpenQuestions(), questionSettledBy);
}

function assertAnsweredOnce(
  events: readonly SessionEvent[],
  noun: "approval" | "question",
  open: OpenApprovals | OpenQuestions,
  settledBy: (event: SessionEvent) => { id: string } | null,
): void {
  const settled = new Map<string, SessionEvent>();
  const isWaiting = (taskId: string | null): boolean => open.of(taskId).length > 0;
  for (const event of events) {
    const settlement = settledBy(event);
    const closed = open.apply(event);
    if (settlement !== null) {
      const { id } = settlement;
      const before = settled.get(id);
      if (before !== undefined)
        assert.fail(`${noun} ${id} is settled twice: ${describe(before)}, then ${describe(event)}`);
      if (closed.length === 0)
        assert.fail(`${noun} ${id} has ${describe(event)} but was not requested before`);
      settled.set(id, event);
    } else if (event.type === "task.resumed" && isWaiting(event.taskId)) {
      assert.fail(
        `task ${event.taskId} goes on at ${describe(event)} while ${noun} ${open.of(event.taskId)[0]?.id} is open`,
      );
    } else if (
      event.type === "task.input-required" &&
      event.data.reason === noun &&
      !isWaiting(event.taskId)
    ) {
      assert.fail(`task ${event.taskId} waits from ${describe(event)} on, and nothing was asked`);
    }
  }
}

/** A call that needed approval starts only if allowed, and is denied only if not. */
export function assertApprovalsObeyed(events: readonly SessionEvent[]): void {
  const open = new OpenApprovals();
  /** By call: whether it was allowed; null while undecided. */
  const allowed = new Map<string, boolean | null>();
  for (const event of events) {
    for (const { request, settlement } of open.apply(event)) {
      if (settlement !== null) allowed.set(request.callId, isAllowed(settlement));
    }
    if (event.type === "approval.requested") {
      allowed.set(event.data.callId, null);
    } else if (event.type === "tool.called" && allowed.has(event.data.callId)) {
      if (allowed.get(event.data.callId) !== true)
        assert.fail(`call ${event.data.callId} begins at ${describe(event)} and was not allowed`);
    } else if (event.type === "tool.ended" && event.data.status === "denied") {
      if (event.data.deniedBy === undefined && allowed.get(event.data.callId) !== false)
        assert.fail(`call ${event.data.callId} is denied at ${describe(event)}, and nobody had said no`);
    }
  }
}
