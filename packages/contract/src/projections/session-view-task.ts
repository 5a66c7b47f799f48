import type { BlobRef, ContentPart } from "../content-part.ts";
import type { EventDataOf, SessionEvent } from "../event.ts";
import type { TaskError, ToolCall } from "../events/event-parts.ts";
import type { Usage } from "../primitives.ts";
import type { TaskAction, TaskReason, TaskState } from "../task-state.ts";
import { pendingCallsAfter } from "./tool-call.ts";
import { addUsage, NO_USAGE } from "./usage.ts";

/** A task as far as the loaded events tell; null for what only earlier events tell. */
export interface TaskView {
  id: string;
  /** It belongs to the parent of this fork, which accounts for its usage. */
  isParents: boolean;
  state: TaskState;
  reason: TaskReason | null;
  prompt: string | null;
  /** Files beside it. */
  attachments: readonly BlobRef[];
  model: string | null;
  /** The task that this one retries. */
  retryOf: string | null;
  /** The task that it is a message for, while it is queued; with the reason `steered`, the one that it was handed to. */
  steers: string | null;
  /** Times are integer ms since the epoch. */
  submittedAt: number | null;
  startedAt: number | null;
  endedAt: number | null;
  attempt: number;
  /** Completed model calls and their usage. */
  steps: number;
  usage: Usage;
  /** The model call in progress; its seq is 0 if it started before the first loaded event. */
  openStep: { seq: number; model: string | null } | null;
  /** Calls that the model requested and that have not started. */
  pendingCalls: readonly ToolCall[];
  error: TaskError | null;
  result: string | null;
}

export function newTaskView(id: string, state: TaskState): TaskView {
  return {
    id,
    isParents: false,
    state,
    reason: null,
    prompt: null,
    attachments: [],
    model: null,
    retryOf: null,
    steers: null,
    submittedAt: null,
    startedAt: null,
    endedAt: null,
    attempt: 0,
    steps: 0,
    usage: NO_USAGE,
    openStep: state === "working" ? { seq: 0, model: null } : null,
    pendingCalls: [],
    error: null,
    result: null,
  };
}

/** @returns the task after the event; the same object if the event does not concern it. */
export function applyToTask(task: TaskView, event: SessionEvent): TaskView {
  const after = moved(task, event);
  const pendingCalls = pendingCallsAfter(task.pendingCalls, event);
  return pendingCalls === task.pendingCalls ? after : { ...after, pendingCalls };
}

function moved(task: TaskView, event: SessionEvent): TaskView {
  switch (event.type) {
    case "task.submitted": {
      const { prompt, model, retryOf = null, steers = null } = event.data;
      const attachments = blobsIn(event.data.attachments ?? []);
      return {
        ...task,
        prompt,
        attachments,
        model,
        retryOf,
        steers,
        submittedAt: event.at,
        reason: "queued",
      };
    }
    case "task.updated":
      return updated(task, event.data);
    case "task.started": {
      const { attempt } = event.data;
      const startedAt = attempt === 1 ? event.at : task.startedAt;
      return { ...task, ...stateAfter("start", null), startedAt, attempt, openStep: null, steers: null };
    }
    case "task.interrupted":
      return { ...task, ...stateAfter("interrupt", "interrupted"), openStep: null };
    case "task.input-required":
      return { ...task, ...stateAfter("require-input", event.data.reason) };
    case "task.resumed":
      return { ...task, ...stateAfter("resume", null), attempt: event.data.attempt };
    case "task.completed":
      return { ...ended(task, "complete", null, event.at), result: event.data.result };
    case "task.failed":
      return { ...ended(task, "fail", event.data.reason, event.at), error: event.data.error };
    case "task.canceled":
      return ended(task, "cancel", event.data.reason, event.at);
    case "task.rejected":
      return ended(task, "reject", event.data.reason, event.at);
    case "step.started":
      return { ...task, openStep: { seq: event.seq, model: event.data.model } };
    case "step.ended": {
      const usage = addUsage(task.usage, event.data.usage);
      return { ...task, steps: task.steps + 1, usage, openStep: null };
    }
    default:
      return task;
  }
}

function updated(task: TaskView, data: EventDataOf<"task.updated">): TaskView {
  const { prompt = task.prompt, beforeTaskId } = data;
  const steers = beforeTaskId === undefined ? (data.steers ?? task.steers) : null;
  return prompt === task.prompt && steers === task.steers ? task : { ...task, prompt, steers };
}

/** Ignores what the state table refuses: with part of the history not loaded, the event still happened. */
const STATE_AFTER: Readonly<Record<TaskAction, TaskState>> = {
  start: "working",
  interrupt: "submitted",
  "require-input": "input-required",
  resume: "working",
  complete: "completed",
  fail: "failed",
  cancel: "canceled",
  reject: "rejected",
};

function stateAfter(action: TaskAction, reason: TaskReason | null): Pick<TaskView, "state" | "reason"> {
  return { state: STATE_AFTER[action], reason };
}

function ended(task: TaskView, action: TaskAction, reason: TaskReason | null, at: number): TaskView {
  return { ...task, ...stateAfter(action, reason), endedAt: at, openStep: null };
}

function blobsIn(parts: readonly ContentPart[]): BlobRef[] {
  return parts.flatMap((part) => (part.type === "image" || part.type === "file" ? [part.blob] : []));
}
