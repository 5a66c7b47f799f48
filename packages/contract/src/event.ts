import { z } from "zod";
import { Id, Json, ModelName, Seq, Timestamp, Usage } from "./primitives.ts";
import { ContentPart } from "./content-part.ts";
import { Budget, TaskReason, WHEN_BUSY } from "./task.ts";
import { Location, ToolKind } from "./tool-kind.ts";

/**
 * The event union: everything that can happen in a session, durable facts in the past tense.
 *
 * Additions are welcome, changes are not: logs outlive versions, and a reader must ignore a type it does not know.
 */

const BlockId = z.string().min(1).max(200);
const CallId = z.string().min(1).max(200);

/** Why a task failed. */
export const TaskError = z.strictObject({
  /** What went wrong, for programs. */
  code: z.string().min(1),
  /** What went wrong, and what to do. */
  message: z.string(),
  /** Whether doing it again may help. */
  retryable: z.boolean(),
});
export type TaskError = z.infer<typeof TaskError>;

/** A call the model asked for, complete: a call that was cut off on its way never becomes one. */
export const ToolCall = z.strictObject({
  /** Unique in its session. */
  callId: CallId,
  /** Name of the tool. */
  tool: z.string().min(1),
  /** What the model gives it. */
  input: Json,
  /** In a few words, for people, e.g. `npm test`. */
  title: z.string().max(500).optional(),
  /** What kind of work it is: what UIs choose by. */
  kind: ToolKind.optional(),
  /** Files that it is about. */
  locations: z.array(Location).max(100).optional(),
  /** Opaque; goes back verbatim to the provider it came from, and to no other. */
  providerMetadata: Json.optional(),
});
export type ToolCall = z.infer<typeof ToolCall>;

export const TOOL_STATUSES = ["succeeded", "failed", "denied", "interrupted", "canceled"] as const;
export const FINISH_REASONS = ["stop", "length", "content-filter", "tool-calls", "error", "other"] as const;

const Block = z.strictObject({
  /** Which block of text it belongs to. */
  blockId: BlockId,
  text: z.string(),
});

const WholeBlock = Block.extend({
  /** Opaque; goes back verbatim to the provider it came from, and to no other (a signature, encrypted reasoning). */
  providerMetadata: Json.optional(),
});

/** An option of a question. */
export const QuestionOption = z.strictObject({
  /** What the answer names; unique in its question. */
  id: z.string().min(1).max(100),
  label: z.string().min(1).max(500),
  description: z.string().max(2_000).optional(),
});
export type QuestionOption = z.infer<typeof QuestionOption>;

const EVENT_DATA = {
  /** The session begins. */
  "session.created": z.strictObject({
    title: z.string(),
    /** Model of tasks that name none; null: the server's default. */
    model: ModelName.nullable(),
    /** Absent in logs from before it was recorded: `default`. */
    agent: z.string().optional(),
  }),
  /** The session was renamed, archived or set to another model; only what changed is present. */
  "session.updated": z.strictObject({
    title: z.string().optional(),
    model: ModelName.nullable().optional(),
    archived: z.boolean().optional(),
  }),
  /** What comes before this is shared with another session; from here on they go their own ways. */
  "session.forked": z.strictObject({
    /** The session it was forked from. */
    parentId: Id,
    /** The last event it shares with that one. */
    atSeq: Seq,
    /** The fork's own; absent in logs from before they were recorded. */
    title: z.string().optional(),
    model: ModelName.nullable().optional(),
    agent: z.string().optional(),
    /** Up to this event the shared log came from elsewhere; 0 or absent: none of it. */
    importedSeq: Seq.optional(),
    /** The files it starts with may be by strangers, whatever the shared log says. */
    readsUntrusted: z.literal(true).optional(),
  }),
  /** What comes before this was read from a document: strangers' words, whose approvals allow nothing here. */
  "session.imported": z.strictObject({
    title: z.string(),
    agent: z.string(),
    model: ModelName.nullable(),
    /** When the original was created; ms since the epoch. */
    createdAt: Timestamp,
    /** When the original last changed; ms since the epoch. */
    updatedAt: Timestamp,
  }),
  /** What the session's workspace holds was published. */
  "session.published": z.strictObject({
    branch: z.string(),
    /** Of the branch, or of the request to merge it. */
    url: z.string().optional(),
  }),

  /** A task was put into the session's queue. */
  "task.submitted": z.strictObject({
    prompt: z.string(),
    /** Model asked for; null: the session's, else the server's default. */
    model: ModelName.nullable(),
    /** The task that it does again. */
    retryOf: Id.optional(),
    /** Where in the queue it went. Absent in logs from before this and what follows were recorded. */
    whenBusy: z.enum(WHEN_BUSY).optional(),
    budget: Budget.optional(),
    /** The caller's key: the same one again gives this task back. */
    idempotencyKey: z.string().optional(),
    /** SHA-256 of what was submitted under the key, hex. */
    requestHash: z.string().optional(),
    /** Beside the prompt. */
    attachments: z.array(ContentPart).max(50).optional(),
  }),
  /** A queued task was edited, or moved before another one (null: to the end); only what changed is present. */
  "task.updated": z.strictObject({
    prompt: z.string().optional(),
    /** The queued task that it now goes before; null: it goes last. */
    beforeTaskId: Id.nullable().optional(),
  }),
  /** The task's turn has come: it works. */
  "task.started": z.strictObject({
    /** Which start this is, from 1. */
    attempt: z.int().positive(),
    /** The process that runs it. */
    node: z.string().optional(),
  }),
  /** What somebody wants the running task to know, without waiting for its end. */
  "task.steered": z.strictObject({
    prompt: z.string(),
    /** The submitted task that became this: it is not run by itself. */
    steeredTaskId: Id.optional(),
  }),
  /** Somebody wants the running task to end; its one terminal event follows once it has. */
  "task.cancel-requested": z.strictObject({
    reason: TaskReason,
    /** Who, in words. */
    by: z.string(),
  }),
  /** A crash or a shutdown ended the attempt; the task waits for its next one. */
  "task.interrupted": z.strictObject({
    /** Which attempt it was. */
    attempt: z.int().positive(),
    /** What ended it. */
    reason: TaskReason,
  }),
  /** The task waits for an answer, and leaves its slot to others. */
  "task.input-required": z.strictObject({
    /** What it waits for: an approval, a question, a child, a limit. */
    reason: TaskReason,
    /** It goes on by itself then (a limit that resets); ms since the epoch. */
    until: Timestamp.optional(),
    /** Why, for people. */
    message: z.string().optional(),
  }),
  /** A task that waits for a limit is tried now, by somebody's wish. */
  "task.released": z.strictObject({
    /** Whose, in words. */
    by: z.string(),
  }),
  /** It has its answer, and works again. */
  "task.resumed": z.strictObject({
    /** Which start this is, from 1. */
    attempt: z.int().positive(),
    /** The process that runs it. */
    node: z.string().optional(),
  }),
  /** Final: the task did what it could. */
  "task.completed": z.strictObject({
    /** The model's last text. */
    result: z.string(),
  }),
  /** Final: the task could not go on. */
  "task.failed": z.strictObject({
    /** What kind of failure it was. */
    reason: TaskReason,
    error: TaskError,
  }),
  /** Final: the task was called off. */
  "task.canceled": z.strictObject({
    /** What called it off. */
    reason: TaskReason,
    /** Who did, in words. */
    by: z.string(),
  }),
  /** Final: the task was not taken on. */
  "task.rejected": z.strictObject({
    /** Why not. */
    reason: TaskReason,
  }),

  /** One model call begins. `step` counts from 1 within the task, across attempts. */
  "step.started": z.strictObject({
    step: z.int().positive(),
    /** The model that is called. */
    model: ModelName,
  }),
  /** A model call ended whole; `toolCalls` are what the model asked for, whether or not they have begun. */
  "step.ended": z.strictObject({
    step: z.int().positive(),
    /** The model that was called; absent in logs from before it was recorded. */
    model: ModelName.optional(),
    /** What this call used. */
    usage: Usage,
    /** Why the model stopped. */
    finishReason: z.enum(FINISH_REASONS),
    /** What it asked for. */
    toolCalls: z.array(ToolCall),
  }),

  /** A piece of an answer. Gone from the log once its block has ended. */
  "text.delta": Block,
  /** A whole block of an answer, which replaces its pieces. */
  "text.ended": WholeBlock,
  /** A piece of what the model thinks. Gone from the log once its block has ended. */
  "reasoning.delta": Block,
  /** A whole block of what the model thought, which replaces its pieces. */
  "reasoning.ended": WholeBlock,

  /** Execution begins: from here on the call may have had side effects. */
  "tool.called": ToolCall.extend({
    /** What it gives the model may be by strangers: from here on the session is more careful. */
    readsUntrusted: z.literal(true).optional(),
  }),
  /** A piece of a tool's output. Gone from the log once the call has ended. */
  "tool.progress": z.strictObject({
    /** Which call it belongs to. */
    callId: CallId,
    chunk: z.string(),
  }),
  /** The call is over; its output replaces the pieces. */
  "tool.ended": z.strictObject({
    /** Which call it was. */
    callId: CallId,
    /** How it ended. `interrupted`: by a crash or restart, so nobody knows how far it came. */
    status: z.enum(TOOL_STATUSES),
    /** What the model gets to read. */
    output: z.string(),
    durationMs: z.int().nonnegative(),
    /** Of the process, where there was one; null where a signal ended it. */
    exitCode: z.int().nullable().optional(),
    /** Bytes that were left out of the middle of `output`, where it was too long to keep. */
    omittedBytes: z.int().positive().optional(),
    /** What it gives beyond `output`: images, files, data, diffs. */
    content: z.array(ContentPart).max(100).optional(),
  }),

  /** A tool call waits until somebody allows it. */
  "approval.requested": z.strictObject({
    approvalId: Id,
    /** The call that waits. */
    callId: CallId,
    /** Name of the tool. */
    tool: z.string(),
    /** What the model wants to give it. */
    input: Json,
    title: z.string().max(500).optional(),
    kind: ToolKind.optional(),
    locations: z.array(Location).max(100).optional(),
    /** Why it needs an answer. */
    reason: z.string(),
    /** What `always` would allow for the rest of the session; absent: nothing can be allowed for good. */
    always: z.string().optional(),
    /** When the request counts as denied; ms since the epoch. */
    expiresAt: Timestamp,
  }),
  /** Somebody decided. */
  "approval.answered": z.strictObject({
    approvalId: Id,
    /** `always` allows calls like this one from now on. */
    decision: z.enum(["allow", "always", "deny"]),
    /** Who decided, in words. */
    by: z.string(),
    /** What the model is told about it. */
    note: z.string().optional(),
  }),
  /** Nobody decided in time. */
  "approval.expired": z.strictObject({ approvalId: Id }),

  /** The agent asks its user something. */
  "question.asked": z.strictObject({
    questionId: Id,
    /** The call that waits for the answer. */
    callId: CallId,
    text: z.string(),
    options: z.array(QuestionOption).max(50).optional(),
    /** Whether several options may be chosen. */
    multiple: z.boolean().optional(),
    /** When it counts as unanswered; ms since the epoch. */
    expiresAt: Timestamp.optional(),
  }),
  /** Somebody answered, by text, by options, or both. */
  "question.answered": z.strictObject({
    questionId: Id,
    answer: z.strictObject({
      text: z.string().optional(),
      /** Ids of the options that were chosen. */
      options: z.array(z.string()).optional(),
    }),
    /** Who answered, in words. */
    by: z.string(),
  }),
  /** Nobody answered in time. */
  "question.expired": z.strictObject({ questionId: Id }),

  /** A task of another session does a part of this one. */
  "subagent.started": z.strictObject({ callId: CallId, sessionId: Id, taskId: Id }),
  /** That task has ended. */
  "subagent.ended": z.strictObject({
    callId: CallId,
    sessionId: Id,
    taskId: Id,
    state: z.enum(["completed", "failed", "canceled", "rejected"]),
  }),

  /** The agent's plan, whole, as it now is. */
  "plan.updated": z.strictObject({
    /** In order. */
    items: z.array(
      z.strictObject({
        text: z.string(),
        status: z.enum(["pending", "active", "done"]),
      }),
    ),
  }),
  /** A tool changed a file of the workspace. */
  "file.changed": z.strictObject({
    /** Relative to the workspace. */
    path: z.string(),
    change: z.enum(["created", "modified", "deleted"]),
    /** Lines that are new. */
    additions: z.int().nonnegative(),
    /** Lines that are gone. */
    deletions: z.int().nonnegative(),
  }),
  /** The workspace as it is now can be returned to. */
  "checkpoint.created": z.strictObject({
    /** Git's name of the commit, hex. */
    commit: z.string().regex(/^[0-9a-f]{40,64}$/),
  }),
  /** The workspace is again as it was at that event. */
  "workspace.reverted": z.strictObject({ toSeq: Seq }),
  /** What is older was summed up, so that the model can go on. */
  "context.compacted": z.strictObject({
    /** The last event that the summary stands for. */
    upToSeq: Seq,
    summary: z.string(),
  }),
  /** The task has used what it may use. */
  "budget.exceeded": z.strictObject({
    /** Of what. */
    budget: z.enum(["steps", "tokens", "duration"]),
    /** What was allowed: a count, or ms. */
    limit: z.number().positive(),
    /** What was used: a count, or ms. */
    spent: z.number().nonnegative(),
  }),
  /** Something that people should know. */
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

/** What happened, without where and when: what a run writes, and what projections read of any event. */
export type EventBody = { [T in EventType]: { type: T; data: EventDataOf<T> } }[EventType];

/** What a writer hands to the log: the log itself adds the session, the seq and the time. */
export type EventDraft = {
  [T in EventType]: { taskId: string | null; type: T; data: EventDataOf<T> };
}[EventType];

const eventSchema = (type: EventType) =>
  z.strictObject({
    sessionId: Id,
    taskId: Id.nullable(),
    seq: Seq,
    at: Timestamp,
    type: z.literal(type),
    data: EVENT_DATA[type] as z.ZodType,
  });
const [firstType, ...otherTypes] = EVENT_TYPES as [EventType, ...EventType[]];

// The union is built from the table above, so the compiler cannot follow it; the table is what types and parser share.
/** Something that happened in a session. Pass over a `type` that you do not know: there will be more. */
export const SessionEvent = z.discriminatedUnion("type", [
  eventSchema(firstType),
  ...otherTypes.map(eventSchema),
]) as unknown as z.ZodType<SessionEvent, SessionEvent>;

/** @throws ZodError where `data` is not what an event of this type carries. */
export function parseEventData<T extends EventType>(type: T, data: unknown): EventDataOf<T> {
  return EVENT_DATA[type].parse(data) as EventDataOf<T>;
}
