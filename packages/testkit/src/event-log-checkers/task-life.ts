import assert from "node:assert/strict";
import {
  isTaskEnd,
  nextTaskState,
  type SessionEvent,
  taskActionOf,
  type TaskState,
} from "@trunkline/contract";
import { describe } from "./piece-events.ts";

export interface TaskCheckOptions {
  /** Tasks may still be queued or running because the log was read early; default false. */
  allowUnfinished?: boolean;
}

export { isTaskEnd as isTerminalEvent } from "@trunkline/contract";

/** Each submitted task has exactly one terminal event, which is its last. */
export function assertOneTerminalEventPerTask(
  events: readonly SessionEvent[],
  options: TaskCheckOptions = {},
): void {
  const submitted = new Map<string, SessionEvent>();
  const ended = new Map<string, SessionEvent>();
  for (const event of events) {
    const { taskId } = event;
    if (taskId === null) continue;
    const end = ended.get(taskId);
    if (end !== undefined) {
      assert.fail(
        isTaskEnd(event)
          ? `task ${taskId} ends a second time: ${describe(end)}, then ${describe(event)}`
          : `task ${taskId} has ${describe(event)} after its end, ${describe(end)}`,
      );
    }
    if (event.type === "task.submitted") submitted.set(taskId, event);
    else if (!submitted.has(taskId))
      assert.fail(`task ${taskId} has ${describe(event)} but was not submitted before`);
    if (isTaskEnd(event)) ended.set(taskId, event);
  }
  if (options.allowUnfinished === true) return;
  for (const [taskId, event] of submitted) {
    if (!ended.has(taskId))
      assert.fail(`task ${taskId}, submitted at ${describe(event)}, has no terminal event`);
  }
}

/** Every task follows the contract's state machine, and each start or resumption raises its attempt. */
export function assertTransitionsAllowed(events: readonly SessionEvent[]): void {
  const states = new Map<string, TaskState>();
  const attempts = new Map<string, number>();
  for (const event of events) {
    if (event.taskId === null) continue;
    const state = states.get(event.taskId);
    if (event.type === "task.submitted") {
      if (state !== undefined)
        assert.fail(`task ${event.taskId} is submitted a second time at ${describe(event)}`);
      states.set(event.taskId, "submitted");
      continue;
    }
    const action = taskActionOf(event.type);
    if (action === null) continue;
    const next = state === undefined ? null : nextTaskState(state, action);
    if (next === null)
      assert.fail(`task ${event.taskId} is ${state ?? "unknown"}; ${describe(event)} is not allowed`);
    states.set(event.taskId, next);
    if (event.type !== "task.started" && event.type !== "task.resumed") continue;
    const before = attempts.get(event.taskId) ?? 0;
    if (event.data.attempt <= before) {
      assert.fail(
        `task ${event.taskId} has attempt ${event.data.attempt} at ${describe(event)} after attempt ${before}`,
      );
    }
    attempts.set(event.taskId, event.data.attempt);
  }
}

/** No task of the session starts while another is active (working or waiting for input). */
export function assertOneActiveTask(events: readonly SessionEvent[]): void {
  let active: { taskId: string; since: SessionEvent } | undefined;
  for (const event of events) {
    if (event.type === "task.started" || event.type === "task.resumed") {
      if (active !== undefined && active.taskId !== event.taskId) {
        assert.fail(
          `task ${event.taskId} is active from ${describe(event)} while task ${active.taskId} is since ${describe(active.since)}`,
        );
      }
      active = { taskId: event.taskId!, since: event };
    } else if (event.taskId === active?.taskId && (isTaskEnd(event) || event.type === "task.interrupted")) {
      active = undefined;
    }
  }
}

/** Tasks first start in order of submission. For sessions without moved or superseded tasks. */
export function assertStartedInOrder(events: readonly SessionEvent[]): void {
  const submitted: string[] = [];
  let furthest = -1;
  const started = new Set<string>();
  for (const event of events) {
    if (event.type === "task.submitted") submitted.push(event.taskId!);
    if (event.type !== "task.started" || started.has(event.taskId!)) continue;
    started.add(event.taskId!);
    const position = submitted.indexOf(event.taskId!);
    if (position < furthest) {
      assert.fail(`task ${event.taskId} starts at ${describe(event)} after one that was submitted later`);
    }
    furthest = position;
  }
}
