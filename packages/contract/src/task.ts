import { z } from "zod";
import { DEFAULT_PAGE_SIZE, MAX_IDEMPOTENCY_KEY_LENGTH, MAX_PAGE_SIZE, MAX_PROMPT_LENGTH } from "./limits.ts";
import { Id, ModelName, PageCursor, Timestamp, Usage } from "./primitives.ts";
import { TASK_REASONS, TASK_STATES } from "./task-state.ts";
import { checkChoice, choosesWorkspace, WORKSPACE_CHOICE } from "./workspace-choice.ts";

/** Task states, named as in A2A; the last four are final. */
export const TaskState = z.enum(TASK_STATES);
/** Why a task is in its state. More may be added: show an unknown one as it is. */
export const TaskReason = z.enum(TASK_REASONS);

/** One piece of work in a session. */
export const Task = z.strictObject({
  id: Id,
  sessionId: Id,
  /** Position in the session's queue. */
  pos: z.int(),
  state: TaskState,
  /** Why it is in this state; null if there is nothing to add. */
  reason: TaskReason.nullable(),
  /** What to do, as submitted or last edited. */
  prompt: z.string(),
  /** Requested model; null: the session's, else the server's default. */
  model: ModelName.nullable(),
  /** How many times it was started. */
  attempt: z.int().nonnegative(),
  /** Node that is running it. */
  node: z.string().nullable(),
  /** When cancellation was requested; ms since the epoch. */
  cancelRequestedAt: Timestamp.nullable(),
  /** The idempotency key it was submitted with. */
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
  /** When it first started; ms since the epoch. */
  startedAt: Timestamp.nullable(),
  /** When it reached its final state; ms since the epoch. */
  endedAt: Timestamp.nullable(),
});
export type Task = z.infer<typeof Task>;

export const Prompt = z
  .string()
  .max(MAX_PROMPT_LENGTH, `The prompt is longer than ${MAX_PROMPT_LENGTH} characters`)
  .refine((prompt) => prompt.trim() !== "", "The prompt is empty");

/** Limits of one task. The server's own limits apply where one is absent or larger. */
export const Budget = z.strictObject({
  /** Model calls. */
  maxSteps: z.int().positive().optional(),
  /** Input and output tokens of all model calls. */
  maxTokens: z.int().positive().optional(),
  /** Working time, in ms. */
  maxDurationMs: z.int().positive().optional(),
});
export type Budget = z.infer<typeof Budget>;

export const WHEN_BUSY = ["enqueue", "interrupt", "reject"] as const;

export const SubmitTaskInput = z
  .strictObject({
    /** What to do. */
    prompt: Prompt,
    /** Absent: a new session is created with the task. */
    sessionId: Id.optional(),
    /** What to do if the session has a queued or active task. */
    whenBusy: z.enum(WHEN_BUSY).default("enqueue"),
    /** Submitting again with the same key returns the first task; with a different body it is a conflict. Per caller. */
    idempotencyKey: z.string().min(1).max(MAX_IDEMPOTENCY_KEY_LENGTH).optional(),
    /** Absent: the session's model, else the server's default. */
    model: ModelName.optional(),
    budget: Budget.optional(),
    ...WORKSPACE_CHOICE,
  })
  .superRefine(checkChoice)
  .refine(({ sessionId, ...choice }) => sessionId === undefined || !choosesWorkspace(choice), {
    message:
      "projectId, baseRef, workspace and includeUncommitted are for a new session: leave out sessionId",
    path: ["sessionId"],
  });
export type SubmitTaskInput = z.infer<typeof SubmitTaskInput>;

/** The submitted task, or the one that an earlier submit with the same key created. */
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
  /** The queued task to move it before; null: to the end of the queue. */
  beforeTaskId: Id.nullable(),
});
export type MoveTaskInput = z.infer<typeof MoveTaskInput>;

export const ListTasksInput = z.strictObject({
  /** Only tasks of this session. */
  sessionId: Id.optional(),
  /** Only tasks in one of these states. */
  states: z.array(TaskState).min(1).max(TASK_STATES.length).optional(),
  cursor: PageCursor.optional(),
  /** Maximum number of items. */
  limit: z.int().min(1).max(MAX_PAGE_SIZE).default(DEFAULT_PAGE_SIZE),
});
export type ListTasksInput = z.infer<typeof ListTasksInput>;

/** Newest first. */
export const TaskPage = z.strictObject({
  items: z.array(Task),
  /** Pass it as `cursor` to get the next page; null on the last page. */
  nextCursor: PageCursor.nullable(),
});
export type TaskPage = z.infer<typeof TaskPage>;
