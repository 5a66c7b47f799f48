import { z } from "zod";
import { Id, Json, ModelName, Seq, Timestamp, Usage } from "./primitives.ts";
import { TASK_REASONS } from "./task-state.ts";

/**
 * The event union: everything that can happen in a session, durable facts in the past tense.
 *
 * Additions are welcome, changes are not: logs outlive versions, and a reader must ignore a type it does not know.
 */

const Reason = z.enum(TASK_REASONS);
const BlockId = z.string().min(1).max(200);
const CallId = z.string().min(1).max(200);

/** Why a task failed. `code` is for programs, `message` says what to do, `retryable` whether doing it again may help. */
export const TaskError = z.strictObject({
  code: z.string().min(1),
  message: z.string(),
  retryable: z.boolean(),
});
export type TaskError = z.infer<typeof TaskError>;

/** A call the model asked for, complete: a call that was cut off on its way never becomes one. */
export const ToolCall = z.strictObject({ callId: CallId, tool: z.string().min(1), input: Json });
export type ToolCall = z.infer<typeof ToolCall>;

export const TOOL_STATUSES = ["succeeded", "failed", "denied", "interrupted", "canceled"] as const;
export const FINISH_REASONS = ["stop", "length", "content-filter", "tool-calls", "error", "other"] as const;

const Block = z.strictObject({ blockId: BlockId, text: z.string() });

const EVENT_DATA = {
  "session.created": z.strictObject({ title: z.string(), model: ModelName.nullable() }),
  "session.updated": z.strictObject({
    title: z.string().optional(),
    model: ModelName.nullable().optional(),
    archived: z.boolean().optional(),
  }),
  "session.forked": z.strictObject({ parentId: Id, atSeq: Seq }),

  "task.submitted": z.strictObject({
    prompt: z.string(),
    model: ModelName.nullable(),
    retryOf: Id.optional(),
  }),
  /** A queued task was edited, or moved before another one (null: to the end); only what changed is present. */
  "task.updated": z.strictObject({ prompt: z.string().optional(), beforeTaskId: Id.nullable().optional() }),
  "task.started": z.strictObject({ attempt: z.int().positive() }),
  "task.interrupted": z.strictObject({ attempt: z.int().positive(), reason: Reason }),
  "task.input-required": z.strictObject({ reason: Reason }),
  "task.resumed": z.strictObject({ attempt: z.int().positive() }),
  "task.completed": z.strictObject({ result: z.string() }),
  "task.failed": z.strictObject({ reason: Reason, error: TaskError }),
  "task.canceled": z.strictObject({ reason: Reason, by: z.string() }),
  "task.rejected": z.strictObject({ reason: Reason }),

  /** One model call begins. `step` counts from 1 within the task, across attempts. */
  "step.started": z.strictObject({ step: z.int().positive(), model: ModelName }),
  /** It ended whole; `toolCalls` are what the model asked for, whether or not they have begun. */
  "step.ended": z.strictObject({
    step: z.int().positive(),
    usage: Usage,
    finishReason: z.enum(FINISH_REASONS),
    toolCalls: z.array(ToolCall),
  }),

  "text.delta": Block,
  "text.ended": Block,
  "reasoning.delta": Block,
  "reasoning.ended": Block,

  /** Execution begins: from here on the call may have had side effects. */
  "tool.called": ToolCall,
  "tool.progress": z.strictObject({ callId: CallId, chunk: z.string() }),
  "tool.ended": z.strictObject({
    callId: CallId,
    status: z.enum(TOOL_STATUSES),
    output: z.string(),
    durationMs: z.int().nonnegative(),
    exitCode: z.int().nullable().optional(),
    /** Bytes that were left out of the middle of `output`, where it was too long to keep. */
    omittedBytes: z.int().positive().optional(),
  }),

  "approval.requested": z.strictObject({
    approvalId: Id,
    callId: CallId,
    tool: z.string(),
    input: Json,
    reason: z.string(),
    expiresAt: Timestamp,
  }),
  "approval.answered": z.strictObject({
    approvalId: Id,
    decision: z.enum(["allow", "always", "deny"]),
    by: z.string(),
    note: z.string().optional(),
  }),
  "approval.expired": z.strictObject({ approvalId: Id }),

  "plan.updated": z.strictObject({
    items: z.array(z.strictObject({ text: z.string(), status: z.enum(["pending", "active", "done"]) })),
  }),
  "file.changed": z.strictObject({
    path: z.string(),
    change: z.enum(["created", "modified", "deleted"]),
    additions: z.int().nonnegative(),
    deletions: z.int().nonnegative(),
  }),
  "context.compacted": z.strictObject({ upToSeq: Seq, summary: z.string() }),
  "budget.exceeded": z.strictObject({
    budget: z.enum(["steps", "tokens", "duration"]),
    limit: z.number().positive(),
    spent: z.number().nonnegative(),
  }),
  notice: z.strictObject({ level: z.enum(["info", "warning", "error"]), message: z.string() }),
} as const;

export type EventType = keyof typeof EVENT_DATA;
export const EVENT_TYPES = Object.keys(EVENT_DATA) as EventType[];

export type EventDataOf<T extends EventType> = z.infer<(typeof EVENT_DATA)[T]>;

interface EventOf<T extends EventType> {
  sessionId: string;
  taskId: string | null;
  seq: number;
  /** Integer milliseconds since the epoch, for people; order is `seq`, never time. */
  at: number;
  type: T;
  data: EventDataOf<T>;
}

export type SessionEvent = { [T in EventType]: EventOf<T> }[EventType];

/** What a writer hands to the log: the log itself adds the session, the seq and the time. */
export type EventDraft = {
  [T in EventType]: { taskId: string | null; type: T; data: EventDataOf<T> };
}[EventType];

const [first, ...rest] = EVENT_TYPES.map((type) =>
  z.strictObject({
    sessionId: Id,
    taskId: Id.nullable(),
    seq: Seq,
    at: Timestamp,
    type: z.literal(type),
    data: EVENT_DATA[type] as z.ZodType,
  }),
);

// The union is built from the table above, so the compiler cannot follow it; the table is what types and parser share.
export const SessionEvent = z.discriminatedUnion("type", [first!, ...rest]) as unknown as z.ZodType<
  SessionEvent,
  SessionEvent
>;

/** @throws ZodError where `data` is not what an event of this type carries. */
export function parseEventData<T extends EventType>(type: T, data: unknown): EventDataOf<T> {
  return EVENT_DATA[type].parse(data) as EventDataOf<T>;
}
