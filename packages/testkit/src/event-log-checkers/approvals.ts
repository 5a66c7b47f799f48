import assert from "node:assert/strict";
import type { SessionEvent } from "@trunkline/contract";
import { describe } from "./piece-events.ts";

/**
 * Every approval is answered or expires once at most, after it was requested; a task waits only while something of it is
 * open, and goes on only when nothing is.
 */
export function assertApprovalsAnsweredOnce(events: readonly SessionEvent[]): void {
  const open = new Map<string, string | null>();
  const settled = new Map<string, SessionEvent>();
  const isWaiting = (taskId: string | null): boolean => [...open.values()].includes(taskId);
  for (const event of events) {
    if (event.type === "approval.requested") {
      open.set(event.data.approvalId, event.taskId);
    } else if (event.type === "approval.answered" || event.type === "approval.expired") {
      const { approvalId } = event.data;
      const before = settled.get(approvalId);
      if (before !== undefined)
        assert.fail(`approval ${approvalId} is settled twice: ${describe(before)}, then ${describe(event)}`);
      if (!open.delete(approvalId))
        assert.fail(`approval ${approvalId} has ${describe(event)} but was not requested before`);
      settled.set(approvalId, event);
    } else if (event.type === "task.resumed" && isWaiting(event.taskId)) {
      assert.fail(`task ${event.taskId} goes on at ${describe(event)} while an approval of it is open`);
    } else if (
      event.type === "task.input-required" &&
      event.data.reason === "approval" &&
      !isWaiting(event.taskId)
    ) {
      assert.fail(`task ${event.taskId} waits from ${describe(event)} on, and nothing was asked`);
    }
  }
}

/** A call that was asked about begins only when it was allowed, and is denied only when it was not. */
export function assertApprovalsObeyed(events: readonly SessionEvent[]): void {
  const callOf = new Map<string, string>();
  /** By call: whether it was allowed; null while nobody has decided. */
  const allowed = new Map<string, boolean | null>();
  for (const event of events) {
    if (event.type === "approval.requested") {
      callOf.set(event.data.approvalId, event.data.callId);
      allowed.set(event.data.callId, null);
    } else if (event.type === "approval.answered" || event.type === "approval.expired") {
      const isYes = event.type === "approval.answered" && event.data.decision !== "deny";
      allowed.set(callOf.get(event.data.approvalId) ?? "", isYes);
    } else if (event.type === "tool.called" && allowed.has(event.data.callId)) {
      if (allowed.get(event.data.callId) !== true)
        assert.fail(`call ${event.data.callId} begins at ${describe(event)} and was not allowed`);
    } else if (event.type === "tool.ended" && event.data.status === "denied") {
      if (allowed.get(event.data.callId) !== false)
        assert.fail(`call ${event.data.callId} is denied at ${describe(event)}, and nobody had said no`);
    }
  }
}
