import { z } from "zod";
import { DEFAULT_PAGE_SIZE, MAX_IDEMPOTENCY_KEY_LENGTH, MAX_PAGE_SIZE, MAX_PROMPT_LENGTH } from "./limits.ts";
import { Id, ModelName, PageCursor, Timestamp, Usage } from "./primitives.ts";
import { TASK_REASONS, TASK_STATES } from "./task-state.ts";

/** States of a task, as A2A names them; the last four are final. */
export const TaskState = z.enum(TASK_STATES);
/** Why a task is in its state. Open to additions: show an unknown one as it is. */
export const TaskReason = z.enum(TASK_REASONS);

/** One thing to do in a session. Its row sums up what the session's events tell in full. */
export const Task = z.strictObject({
  id: Id,
  sessionId: Id,
  /** Order within the session's queue; strict FIFO. */
  pos: z.int(),
  state: TaskState,
  /** Why it is in this state; null where there is nothing to add. */
  reason: TaskReason.nullable(),
  /** What to do, as submitted or last edited. */
  prompt: z.string(),
  /** Model asked for; null: the session's, else the server's default. */
  model: ModelName.nullable(),
  /** How many times it was started; raised by every claim. */
  attempt: z.int().nonnegative(),
  /** Name of the node that runs it, while one does. */
  node: z.string().nullable(),
  /** When somebody asked to cancel it; ms since the epoch. */
  cancelRequestedAt: Timestamp.nullable(),
  /** The key it was submitted under. */
  idempotencyKey: z.string().nullable(),
  /** What its model calls used; null until it has ended. */
  usage: Usage.nullable(),
  /** The answer of a completed task. */
  result: z.string().nullable(),
  /** Why it failed, for programs. */
  errorCode: z.string().nullable(),
  /** Why it failed, and what to do. */
  errorMessage: z.string().nullable(),
  /** When it was submitted; ms since the epoch. */
  createdAt: Timestamp,
  /** When its first attempt began; ms since the epoch. */
  startedAt: Timestamp.nullable(),
  /** When it reached its final state; ms since the epoch. */
  endedAt: Timestamp.nullable(),
});
export type Task = z.infer<typeof Task>;

export const Prompt = z
  .string()
  .max(MAX_PROMPT_LENGTH, `A prompt may have ${MAX_PROMPT_LENGTH} characters at most`)
  .refine((prompt) => prompt.trim() !== "", "A prompt must say something");

/** Bounds of one task; the server's own limits hold where one is absent or larger. */
export const Budget = z.strictObject({
  /** Model calls. */
  maxSteps: z.int().positive().optional(),
  /** Tokens read and written, over all model calls. */
  maxTokens: z.int().positive().optional(),
  /** Working time, in ms. */
  maxDurationMs: z.int().positive().optional(),
});
export type Budget = z.infer<typeof Budget>;

export const WHEN_BUSY = ["enqueue", "interrupt", "reject"] as const;

export const SubmitTaskInput = z.strictObject({
  /** What to do. */
  prompt: Prompt,
  /** Absent: a new session is created with the task, in the same transaction. */
  sessionId: Id.optional(),
  /** What to do while another task of the session is queued or active. */
  whenBusy: z.enum(WHEN_BUSY).default("enqueue"),
  /** The same key gives the first task back; a different body under it is a conflict. Scope: the caller. */
  idempotencyKey: z.string().min(1).max(MAX_IDEMPOTENCY_KEY_LENGTH).optional(),
  /** Absent: the session's model, else the server's default. */
  model: ModelName.optional(),
  budget: Budget.optional(),
});
export type SubmitTaskInput = z.infer<typeof SubmitTaskInput>;

/** The task that was submitted, or that an earlier submit under the same key made. */
export const SubmitTaskOutput = z.strictObject({
  taskId: Id,
  /** The task's session, which may be new. */
  sessionId: Id,
  task: Task,
});
export type SubmitTaskOutput = z.infer<typeof SubmitTaskOutput>;

export const TaskRef = z.strictObject({ taskId: Id });
export type TaskRef = z.infer<typeof TaskRef>;

export const EditTaskInput = z.strictObject({
  taskId: Id,
  /** What to do instead. */
  prompt: Prompt,
});
export type EditTaskInput = z.infer<typeof EditTaskInput>;

export const MoveTaskInput = z.strictObject({
  taskId: Id,
  /** The queued task of the same session that it goes before; null: to the end of the queue. */
  beforeTaskId: Id.nullable(),
});
export type MoveTaskInput = z.infer<typeof MoveTaskInput>;

export const ListTasksInput = z.strictObject({
  /** Only tasks of this session. */
  sessionId: Id.optional(),
  /** Only tasks in one of these states. */
  states: z.array(TaskState).min(1).max(TASK_STATES.length).optional(),
  cursor: PageCursor.optional(),
  /** How many to answer at most. */
  limit: z.int().min(1).max(MAX_PAGE_SIZE).default(DEFAULT_PAGE_SIZE),
});
export type ListTasksInput = z.infer<typeof ListTasksInput>;

/** Newest first. */
export const TaskPage = z.strictObject({
  items: z.array(Task),
  /** Give it back as `cursor` for the next page; null on the last. */
  nextCursor: PageCursor.nullable(),
});
export type TaskPage = z.infer<typeof TaskPage>;
