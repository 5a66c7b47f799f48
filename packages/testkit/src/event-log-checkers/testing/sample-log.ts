import type { EventDraft, EventDataOf, EventType, SessionEvent } from "@trunkline/contract";

/** Builds logs for the checkers' own tests: drafts become events with seqs 1, 2, 3, … */
export const SESSION_ID = "01900000-0000-7000-8000-000000000001";
export const TASK_A = "01900000-0000-7000-8000-00000000000a";
export const TASK_B = "01900000-0000-7000-8000-00000000000b";

export function draft<T extends EventType>(
  type: T,
  data: EventDataOf<T>,
  taskId: string | null = TASK_A,
): EventDraft {
  // A generic type can't build the union; the parameters keep each pair together.
  return { type, data, taskId } as EventDraft;
}

export function logOf(...drafts: EventDraft[]): SessionEvent[] {
  return drafts.map((event, index) => ({
    ...event,
    sessionId: SESSION_ID,
    seq: index + 1,
    at: 1_000 + index,
  }));
}

export const submitted = (taskId = TASK_A) => draft("task.submitted", { prompt: "go", model: null }, taskId);
export const started = (taskId = TASK_A, attempt = 1) => draft("task.started", { attempt }, taskId);
export const interrupted = (taskId = TASK_A, attempt = 1) =>
  draft("task.interrupted", { attempt, reason: "interrupted" }, taskId);
export const completed = (taskId = TASK_A) => draft("task.completed", { result: "ok" }, taskId);
export const canceled = (taskId = TASK_A) =>
  draft("task.canceled", { reason: "user", by: "someone" }, taskId);
export const called = (callId: string) => draft("tool.called", { callId, tool: "bash", input: {} });
export const progress = (callId: string) => draft("tool.progress", { callId, chunk: "…" });
export const toolEnded = (callId: string, status: EventDataOf<"tool.ended">["status"] = "succeeded") =>
  draft("tool.ended", { callId, status, output: "", durationMs: 1 });
/** At most one approval per call, with an id derived from the call's. */
const approvalOf = (callId: string): string => `01900000-0000-7000-8000-0000000000${callId}`;
export const requested = (callId: string) =>
  draft("approval.requested", {
    approvalId: approvalOf(callId),
    callId,
    tool: "bash",
    input: {},
    reason: "",
    expiresAt: 1,
  });
export const answered = (callId: string, decision: EventDataOf<"approval.answered">["decision"]) =>
  draft("approval.answered", { approvalId: approvalOf(callId), decision, by: "someone" });
export const inputRequired = () => draft("task.input-required", { reason: "approval" });
export const resumed = (attempt = 2) => draft("task.resumed", { attempt });
export const delta = (blockId: string, text: string) => draft("text.delta", { blockId, text });
export const textEnded = (blockId: string, text: string) => draft("text.ended", { blockId, text });

/** The events with these seqs: what a subscriber received, or a log kept. */
export function only(log: readonly SessionEvent[], ...seqs: number[]): SessionEvent[] {
  return seqs.map((seq) => log.find((event) => event.seq === seq)!);
}
