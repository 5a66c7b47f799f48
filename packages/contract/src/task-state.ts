/**
 * The task state machine, as a total table.
 *
 * State names are those of A2A (https://a2a-protocol.org, "Task lifecycle"). Every state has a row with every action,
 * so a new state or action does not compile until its transitions are decided.
 */

export const TASK_STATES = [
  "submitted",
  "working",
  "input-required",
  "completed",
  "failed",
  "canceled",
  "rejected",
] as const;
export type TaskState = (typeof TASK_STATES)[number];

export const TERMINAL_TASK_STATES = ["completed", "failed", "canceled", "rejected"] as const;
export type TerminalTaskState = (typeof TERMINAL_TASK_STATES)[number];

/** States that occupy a session: at most one task per session is in one of them. */
export const ACTIVE_TASK_STATES = ["working", "input-required"] as const;

export const TASK_ACTIONS = [
  "start",
  "interrupt",
  "require-input",
  "resume",
  "complete",
  "fail",
  "cancel",
  "reject",
] as const;
export type TaskAction = (typeof TASK_ACTIONS)[number];

/**
 * The state that an action leads to; `null` if it is refused.
 *
 * `interrupt` is a crash or shutdown of a running task: it returns to the head of its session's queue (its `pos` is
 * unchanged), and the next `start` raises its attempt.
 */
export const TASK_TRANSITIONS: Readonly<Record<TaskState, Readonly<Record<TaskAction, TaskState | null>>>> = {
  submitted: {
    start: "working",
    interrupt: null,
    "require-input": null,
    resume: null,
    complete: null,
    fail: "failed",
    cancel: "canceled",
    reject: "rejected",
  },
  working: {
    start: null,
    interrupt: "submitted",
    "require-input": "input-required",
    resume: null,
    complete: "completed",
    fail: "failed",
    cancel: "canceled",
    reject: null,
  },
  "input-required": {
    start: null,
    interrupt: null,
    "require-input": null,
    resume: "working",
    complete: null,
    fail: "failed",
    cancel: "canceled",
    reject: null,
  },
  completed: terminalRow(),
  failed: terminalRow(),
  canceled: terminalRow(),
  rejected: terminalRow(),
};

function terminalRow(): Record<TaskAction, null> {
  return {
    start: null,
    interrupt: null,
    "require-input": null,
    resume: null,
    complete: null,
    fail: null,
    cancel: null,
    reject: null,
  };
}

/** @returns the state that `action` leads to; null if the table refuses it. */
export function nextTaskState(state: TaskState, action: TaskAction): TaskState | null {
  return TASK_TRANSITIONS[state][action];
}

/** @returns the states in which `action` is allowed. */
export function statesThatAllow(action: TaskAction): TaskState[] {
  return TASK_STATES.filter((state) => TASK_TRANSITIONS[state][action] !== null);
}

export function isTerminalTaskState(state: TaskState): state is TerminalTaskState {
  return (TERMINAL_TASK_STATES as readonly TaskState[]).includes(state);
}

export function isActiveTaskState(state: TaskState): boolean {
  return (ACTIVE_TASK_STATES as readonly TaskState[]).includes(state);
}

/** Why a task is in its state. Open to additions: clients show an unknown reason as it is. `child` is reserved. */
export const TASK_REASONS = [
  "queued",
  "interrupted",
  "approval",
  "question",
  "child",
  "limit",
  "user",
  "superseded",
  "steered",
  "session-deleted",
  "user-removed",
  "shutdown",
  "budget",
  "orphaned",
  "error",
] as const;
export type TaskReason = (typeof TASK_REASONS)[number];
