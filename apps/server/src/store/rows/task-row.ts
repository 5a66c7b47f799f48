import { addUsage, nextTaskState, type TaskAction, type TaskState, type Usage } from "@trunkline/contract";
import { refuse } from "../refusal.ts";
import { stepSince } from "./current-step.ts";
import { withoutSubagent, withSubagent } from "./subagents.ts";
import { NO_STEER, placeOfSteer } from "./steering.ts";
import {
  change,
  isBeingBuilt,
  type Reducer,
  type RowChange,
  type RowReader,
  type StoredEvent,
  type TaskCore,
} from "./row-change.ts";

type TaskUpdate = Extract<RowChange, { table: "tasks"; type: "update" }>["set"];

/** The task's row: its state and result. Transitions follow the contract's state table. */
export const reduceTask: Reducer = (event, rows) => {
  if (event.type === "session.forked") return [change.clear("tasks")];
  if (event.type === "task.submitted") return submitted(event, rows);
  const { taskId } = event;
  if (taskId === null) return [];
  const row = rows.task(taskId);
  // The part that a fork shares concerns the parent's tasks.
  if (row === undefined || row.session_id !== event.sessionId) {
    if (isBeingBuilt(rows)) return [];
    throw refuse("task", `session ${event.sessionId} has no task ${taskId}`);
  }
  if (event.type === "task.updated") return updated(event, row, rows);
  const set = setOf(event, row, rows);
  return set === null ? [] : [change.update("tasks", row.id, set)];
};

function submitted(
  { sessionId, taskId, seq, at, data }: Extract<StoredEvent, { type: "task.submitted" }>,
  rows: RowReader,
): RowChange[] {
  const session = rows.session();
  if (session === undefined || taskId === null) throw refuse("session", `there is no session ${sessionId}`);
  const isImported = isBeingBuilt(rows);
  // Nobody runs what a document's messages were for.
  const steers = isImported ? undefined : data.steers;
  // Runs next: before everything queued, and before the active task, which is requeued if the server dies before it is
  // canceled.
  const last =
    data.whenBusy === "interrupt" ? (rows.firstUnfinishedPos() ?? session.next_pos) - 1 : session.next_pos;
  const { pos, moved } = steers === undefined ? { pos: last, moved: [] } : placeOfSteer(steers, taskId, rows);
  const row = change.insert("tasks", {
    id: taskId,
    session_id: sessionId,
    owner_id: session.owner_id,
    pos,
    state: "submitted",
    reason: "queued",
    prompt: data.prompt,
    model: data.model,
    agent: data.agent ?? null,
    effort: data.effort ?? null,
    budget_json: data.budget === undefined ? null : JSON.stringify(data.budget),
    attempt: 0,
    crashes: 0,
    node: null,
    open_requests: 0,
    children_json: null,
    resume_at: null,
    cancel_requested_at: null,
    ...(steers === undefined ? NO_STEER : { steers, steer_seq: seq }),
    // Keys in a document are not the importer's.
    idempotency_key: isImported ? null : (data.idempotencyKey ?? null),
    request_hash: isImported ? null : (data.requestHash ?? null),
    usage_json: null,
    reserved_json: null,
    step_json: null,
    result: null,
    error_code: null,
    error_message: null,
    created_at: at,
    started_at: null,
    ended_at: null,
  });
  return [...moved, row];
}

/** @returns the change, if only the task itself changes; null: none. */
function setOf(event: StoredEvent, row: TaskCore, rows: RowReader): TaskUpdate | null {
  const { at } = event;
  switch (event.type) {
    case "task.started":
    case "task.resumed": {
      const { attempt, node = null } = event.data;
      if (attempt !== row.attempt + 1) throw refuse("task", `attempt ${attempt} follows ${row.attempt}`);
      return {
        state: after(row, event.type === "task.started" ? "start" : "resume"),
        attempt,
        node,
        reason: null,
        resume_at: null,
        started_at: row.started_at ?? at,
        ...(event.type === "task.resumed" ? placeOfResumed(row, rows) : {}),
        ...(row.steers === null ? {} : NO_STEER),
      };
    }
    case "task.interrupted": {
      const crashes = row.crashes + (event.data.reason === "orphaned" ? 1 : 0);
      return { state: after(row, "interrupt"), reason: "interrupted", crashes, node: null };
    }
    case "task.input-required": {
      const { until = null } = event.data;
      // What it was to wait for may have ended before.
      const isReady = event.data.reason === "child" && row.children_json === null;
      const reason = isReady ? "queued" : event.data.reason;
      return { state: after(row, "require-input"), reason, resume_at: until, node: null };
    }
    case "task.released":
      if (row.state !== "input-required" || row.reason !== "limit") {
        throw refuse("task", `task ${row.id} does not wait for a limit`);
      }
      return { reason: "queued", resume_at: null };
    case "task.cancel-requested":
      after(row, "cancel");
      return { cancel_requested_at: row.cancel_requested_at ?? at };
    case "task.completed":
      return { ...ended(row, "complete", at), reason: null, result: event.data.result };
    case "task.failed": {
      const { reason, error } = event.data;
      return { ...ended(row, "fail", at), reason, error_code: error.code, error_message: error.message };
    }
    case "task.canceled":
      return { ...ended(row, "cancel", at), reason: event.data.reason };
    case "task.rejected":
      return { ...ended(row, "reject", at), reason: event.data.reason };
    case "step.ended": {
      // It made progress: earlier crashes no longer count.
      const set = { usage_json: withUsage(row, event.data.usage), crashes: 0 };
      return row.reserved_json === null ? set : { ...set, reserved_json: null };
    }
    case "step.started":
    case "tool.called":
      return { step_json: stepSince(row.step_json, event.type, event.data, at) };
    case "budget.reserved":
      return { reserved_json: JSON.stringify({ at, ...event.data }) };
    case "context.compacted":
      return event.data.usage === undefined ? null : { usage_json: withUsage(row, event.data.usage) };
    case "subagent.started":
      return { children_json: withSubagent(row, event.data) };
    case "subagent.ended": {
      const children = withoutSubagent(row, event.data.taskId);
      const isReady = children === null && row.open_requests === 0 && row.state === "input-required";
      return { children_json: children, ...(isReady ? { reason: "queued" } : {}) };
    }
    case "approval.requested":
    case "question.asked":
      return { open_requests: row.open_requests + 1 };
    case "approval.answered":
    case "approval.expired":
    case "question.answered":
    case "question.expired":
      return withOneAnswered(row);
    default:
      return null;
  }
}

/**
 * While the task waited, another may have been queued before it (`interrupt`, by a server that died before it could
 * cancel this one). It resumes first all the same, and stays first if a crash requeues it.
 */
function placeOfResumed(row: TaskCore, rows: RowReader): Pick<TaskUpdate, "pos"> {
  const first = rows.firstUnfinishedPos() ?? row.pos;
  return first < row.pos ? { pos: first - 1 } : {};
}

/** Once nothing is open any more, the task has its answer and waits for its turn. */
function withOneAnswered(row: TaskCore): TaskUpdate {
  const open = Math.max(0, row.open_requests - 1);
  const isReady = open === 0 && row.children_json === null && row.state === "input-required";
  return isReady ? { open_requests: open, reason: "queued" } : { open_requests: open };
}

function ended(row: TaskCore, action: TaskAction, at: number): TaskUpdate {
  return {
    state: after(row, action),
    node: null,
    open_requests: 0,
    children_json: null,
    resume_at: null,
    step_json: null,
    ended_at: at,
  };
}

function after({ id, state }: TaskCore, action: TaskAction): TaskState {
  const next = nextTaskState(state, action);
  if (next === null) throw refuse("task", `task ${id} is ${state}, which does not allow '${action}'`);
  return next;
}

/** @returns the row's usage plus this. */
function withUsage({ usage_json: json }: TaskCore, usage: Usage): string {
  return JSON.stringify(json === null ? usage : addUsage(JSON.parse(json) as Usage, usage));
}

/** Edits or moves a queued task (before another one, or to the end), or makes it a message for another. */
function updated(
  { data, seq }: Extract<StoredEvent, { type: "task.updated" }>,
  row: TaskCore,
  rows: RowReader,
): RowChange[] {
  if (row.state !== "submitted") throw refuse("task", `task ${row.id} is not queued any more`);
  const changes: RowChange[] = [];
  if (data.prompt !== undefined) {
    if (row.attempt > 0) throw refuse("task", `task ${row.id} has been started already`);
    const version = row.steers === null ? {} : { steer_seq: seq };
    changes.push(change.update("tasks", row.id, { prompt: data.prompt, ...version }));
  }
  const { beforeTaskId, steers } = data;
  if (steers !== undefined && !isBeingBuilt(rows)) {
    if (row.attempt > 0) throw refuse("task", `task ${row.id} has been started already`);
    const { pos, moved } = placeOfSteer(steers, row.id, rows);
    changes.push(...moved, change.update("tasks", row.id, { pos, steers, steer_seq: seq }));
  }
  if (beforeTaskId === null) {
    changes.push(change.update("tasks", row.id, { pos: rows.session()?.next_pos ?? row.pos, ...NO_STEER }));
  } else if (beforeTaskId !== undefined) {
    const target = rows.task(beforeTaskId);
    if (target === undefined || target.session_id !== row.session_id || target.state !== "submitted") {
      throw refuse("place", `task ${beforeTaskId} is not queued any more`);
    }
    for (const other of rows.queuedFrom(target.pos)) {
      if (other.id !== row.id) changes.push(change.update("tasks", other.id, { pos: other.pos + 1 }));
    }
    changes.push(change.update("tasks", row.id, { pos: target.pos, ...NO_STEER }));
  }
  return changes;
}
