import { approvalSettledBy, isAllowed, isTaskEnd, type SessionEvent } from "@trunkline/contract";
import { callOf, toolWords } from "../transcript/tool-words.ts";

/** A span of time within one task. Times are integer ms since the epoch. */
export interface Span {
  kind: "queued" | "step" | "tool" | "approval";
  key: string;
  /** Seq of its first event. */
  seq: number;
  label: string;
  startAt: number;
  /** Null while it is running. */
  endAt: number | null;
  state: "running" | "ended" | "failed";
}

export interface TaskSpans {
  taskId: string;
  title: string;
  seq: number;
  startAt: number;
  endAt: number | null;
  spans: Span[];
}

/** Spans from the events, by task, in order of their start. */
export function taskSpans(events: readonly SessionEvent[]): TaskSpans[] {
  const tasks = new Map<string, TaskSpans>();
  for (const event of events) {
    if (event.taskId === null) continue;
    const task = tasks.get(event.taskId) ?? newTask(event, event.taskId);
    tasks.set(event.taskId, task);
    apply(task, event);
  }
  return [...tasks.values()];
}

function newTask({ seq, at }: SessionEvent, taskId: string): TaskSpans {
  return { taskId, title: "", seq, startAt: at, endAt: null, spans: [] };
}

function apply(task: TaskSpans, event: SessionEvent): void {
  const { seq, at } = event;
  switch (event.type) {
    case "task.submitted":
      task.title = event.data.prompt;
      task.spans.push(span("queued", `queued:${seq}`, seq, "Queued", at));
      break;
    case "task.started":
      endOpen(task, at, "ended");
      break;
    case "task.interrupted":
      endOpen(task, at, "failed");
      break;
    case "step.started":
      endOpen(task, at, "failed", "step");
      task.spans.push(span("step", `step:${seq}`, seq, `Model call ${event.data.step}`, at));
      break;
    case "step.ended":
      endOpen(task, at, "ended", "step");
      break;
    case "tool.called": {
      const { verb, target } = toolWords(callOf(event.data));
      task.spans.push(span("tool", `tool:${event.data.callId}`, seq, target === "" ? verb : target, at));
      break;
    }
    case "tool.ended":
      endKey(task, `tool:${event.data.callId}`, at, event.data.status === "succeeded" ? "ended" : "failed");
      break;
    case "approval.requested":
      task.spans.push(span("approval", `approval:${event.data.approvalId}`, seq, "Waiting for you", at));
      break;
    case "approval.answered":
    case "approval.expired": {
      const settlement = approvalSettledBy(event);
      if (settlement === null) break;
      endKey(task, `approval:${settlement.id}`, at, isAllowed(settlement) ? "ended" : "failed");
      break;
    }
    default:
      if (!isTaskEnd(event)) break;
      endOpen(task, at, event.type === "task.completed" ? "ended" : "failed");
      task.endAt = at;
  }
}

function span(kind: Span["kind"], key: string, seq: number, label: string, startAt: number): Span {
  return { kind, key, seq, label, startAt, endAt: null, state: "running" };
}

function endOpen(task: TaskSpans, at: number, state: Span["state"], kind?: Span["kind"]): void {
  for (const open of task.spans) {
    if (open.endAt !== null || (kind !== undefined && open.kind !== kind)) continue;
    open.endAt = at;
    open.state = state;
  }
}

function endKey(task: TaskSpans, key: string, at: number, state: Span["state"]): void {
  const open = task.spans.find((one) => one.key === key);
  if (open === undefined) return;
  open.endAt = at;
  open.state = state;
}
