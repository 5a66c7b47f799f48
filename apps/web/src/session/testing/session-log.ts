import type { EventDataOf, EventType, SessionEvent, Task } from "@trunkline/contract";
import { applyEvents, emptySessionView, type SessionView } from "@trunkline/contract/session-view";

/** An event in short form: type, task and data; seq and time follow from its index. */
export type Line = { [T in EventType]: readonly [T, string | null, EventDataOf<T>] }[EventType];

/** @param lines events with seqs 1, 2, 3, … and 100 ms between them */
export function eventsOf(lines: readonly Line[]): SessionEvent[] {
  return lines.map(([type, taskId, data], index) => {
    // Type and data belong together, which the compiler can't see here.
    return { sessionId: "s", taskId, seq: index + 1, at: 100 * (index + 1), type, data } as SessionEvent;
  });
}

export const viewOf = (...lines: Line[]): SessionView => applyEvents(emptySessionView(), eventsOf(lines));

export const submitted = (taskId: string): Line => [
  "task.submitted",
  taskId,
  { prompt: `do ${taskId}`, model: null },
];
export const started = (taskId: string): Line => ["task.started", taskId, { attempt: 1 }];
export const completed = (taskId: string): Line => ["task.completed", taskId, { result: "" }];
export const canceled = (taskId: string): Line => ["task.canceled", taskId, { reason: "user", by: "you" }];

export function storedTask(id: string, fields: Partial<Task> = {}): Task {
  return {
    id,
    sessionId: "s",
    pos: 1,
    state: "submitted",
    reason: "queued",
    prompt: `do ${id}`,
    model: null,
    effort: null,
    agent: null,
    attempt: 0,
    node: null,
    cancelRequestedAt: null,
    idempotencyKey: null,
    usage: null,
    result: null,
    errorCode: null,
    errorMessage: null,
    createdAt: 0,
    startedAt: null,
    endedAt: null,
    ...fields,
  };
}
