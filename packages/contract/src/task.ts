import { z } from "zod";
import { DEFAULT_PAGE_SIZE, MAX_IDEMPOTENCY_KEY_LENGTH, MAX_PAGE_SIZE, MAX_PROMPT_LENGTH } from "./limits.ts";
import { Id, ModelName, PageCursor, Timestamp, Usage } from "./primitives.ts";
import { TASK_REASONS, TASK_STATES } from "./task-state.ts";

export const TaskState = z.enum(TASK_STATES);
export const TaskReason = z.enum(TASK_REASONS);

export const Task = z.strictObject({
  id: Id,
  sessionId: Id,
  /** Order within the session's queue; strict FIFO. */
  pos: z.int(),
  state: TaskState,
  reason: TaskReason.nullable(),
  prompt: z.string(),
  model: ModelName.nullable(),
  /** How many times it was started; raised by every claim. */
  attempt: z.int().nonnegative(),
  /** Name of the node that runs it, while one does. */
  node: z.string().nullable(),
  cancelRequestedAt: Timestamp.nullable(),
  idempotencyKey: z.string().nullable(),
  usage: Usage.nullable(),
  result: z.string().nullable(),
  errorCode: z.string().nullable(),
  errorMessage: z.string().nullable(),
  createdAt: Timestamp,
  startedAt: Timestamp.nullable(),
  endedAt: Timestamp.nullable(),
});
export type Task = z.infer<typeof Task>;

export const Prompt = z
  .string()
  .max(MAX_PROMPT_LENGTH, `A prompt may have ${MAX_PROMPT_LENGTH} characters at most`)
  .refine((prompt) => prompt.trim() !== "", "A prompt must say something");

/** Bounds of one task; the server's own limits hold where one is absent or larger. */
export const Budget = z.strictObject({
  maxSteps: z.int().positive().optional(),
  maxTokens: z.int().positive().optional(),
  maxDurationMs: z.int().positive().optional(),
});
export type Budget = z.infer<typeof Budget>;

export const WHEN_BUSY = ["enqueue", "interrupt", "reject"] as const;

export const SubmitTaskInput = z.strictObject({
  prompt: Prompt,
  /** Absent: a new session is created with the task, in the same transaction. */
  sessionId: Id.optional(),
  /** What to do while another task of the session is queued or active. */
  whenBusy: z.enum(WHEN_BUSY).default("enqueue"),
  /** The same key gives the first task back; a different body under it is a conflict. Scope: the caller. */
  idempotencyKey: z.string().min(1).max(MAX_IDEMPOTENCY_KEY_LENGTH).optional(),
  model: ModelName.optional(),
  budget: Budget.optional(),
});
export type SubmitTaskInput = z.infer<typeof SubmitTaskInput>;

export const SubmitTaskOutput = z.strictObject({ taskId: Id, sessionId: Id, task: Task });
export type SubmitTaskOutput = z.infer<typeof SubmitTaskOutput>;

export const TaskRef = z.strictObject({ taskId: Id });
export type TaskRef = z.infer<typeof TaskRef>;

export const EditTaskInput = z.strictObject({ taskId: Id, prompt: Prompt });
export type EditTaskInput = z.infer<typeof EditTaskInput>;

export const MoveTaskInput = z.strictObject({
  taskId: Id,
  /** The queued task of the same session that it goes before; null: to the end of the queue. */
  beforeTaskId: Id.nullable(),
});
export type MoveTaskInput = z.infer<typeof MoveTaskInput>;

export const ListTasksInput = z.strictObject({
  sessionId: Id.optional(),
  states: z.array(TaskState).min(1).max(TASK_STATES.length).optional(),
  cursor: PageCursor.optional(),
  limit: z.int().min(1).max(MAX_PAGE_SIZE).default(DEFAULT_PAGE_SIZE),
});
export type ListTasksInput = z.infer<typeof ListTasksInput>;

export const TaskPage = z.strictObject({ items: z.array(Task), nextCursor: PageCursor.nullable() });
export type TaskPage = z.infer<typeof TaskPage>;
