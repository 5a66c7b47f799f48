import { z } from "zod";
import { BlobId } from "./blob.ts";
import { Budget } from "./budget.ts";
import {
  DEFAULT_PAGE_SIZE,
  MAX_ATTACHMENTS,
  MAX_IDEMPOTENCY_KEY_LENGTH,
  MAX_PAGE_SIZE,
  MAX_PROMPT_LENGTH,
  MAX_STEER_LENGTH,
} from "./limits.ts";
import { AgentName, Effort, Id, isLegible, ModelName, PageCursor, Timestamp, Usage } from "./primitives.ts";
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
  /** Requested agent; null: the session's. */
  agent: z.string().nullable(),
  /** Requested effort; null: the session's, else the model's own default. */
  effort: Effort.nullable(),
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
  /**
   * The unfinished task that it is a message for. Handed to that one, it is `canceled` with the reason `steered`; if that
   * one ends first, it runs by itself.
   */
  steers: Id.optional(),
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
  .refine(isLegible, "The prompt is empty");

export const WHEN_BUSY = ["enqueue", "interrupt", "reject", "steer"] as const;

/** An uploaded file. */
const Attachment = z.strictObject({
  blobId: BlobId,
  /** The file's name, for people and the model. */
  name: z
    .string()
    .trim()
    .min(1)
    .max(255)
    .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u, "Write the name without invisible characters")
    .optional(),
});

const IdempotencyKey = z.string().min(1).max(MAX_IDEMPOTENCY_KEY_LENGTH);

export const SubmitTaskInput = z
  .strictObject({
    /** What to do. */
    prompt: Prompt,
    /** Absent: a new session is created with the task. */
    sessionId: Id.optional(),
    /**
     * What to do if the session has a queued or active task. `steer`: hand the prompt to that task after its current tool
     * call; if it ends first, the prompt becomes the next task.
     */
    whenBusy: z.enum(WHEN_BUSY).default("enqueue"),
    /** Submitting again with the same key returns the first task; with a different body it is a conflict. Per caller. */
    idempotencyKey: IdempotencyKey.optional(),
    /** Absent: the session's model, else the server's default. */
    model: ModelName.optional(),
    /** Absent: the session's agent; of a new session, too, where it is given. */
    agent: AgentName.optional(),
    /** Absent: the session's, else the model's own default. */
    effort: Effort.optional(),
    budget: Budget.optional(),
    /** Files that belong to the prompt, uploaded before. Models that can't read one are told that it is there. */
    attachments: z.array(Attachment).min(1).max(MAX_ATTACHMENTS).optional(),
    ...WORKSPACE_CHOICE,
  })
  .superRefine(checkChoice)
  .refine(({ sessionId, ...choice }) => sessionId === undefined || !choosesWorkspace(choice), {
    message:
      "projectId, baseRef, workspace and includeUncommitted are for a new session: leave out sessionId",
    path: ["sessionId"],
  })
  .refine(({ whenBusy, attachments }) => whenBusy !== "steer" || attachments === undefined, {
    message: "A message for a running task has no attachments; submit it with whenBusy 'enqueue'",
    path: ["attachments"],
  })
  .refine(({ whenBusy, prompt }) => whenBusy !== "steer" || prompt.length <= MAX_STEER_LENGTH, {
    message: `A message for a running task has at most ${MAX_STEER_LENGTH} characters; submit it with whenBusy 'enqueue'`,
    path: ["prompt"],
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

export const RetryTaskInput = z.strictObject({
  taskId: Id,
  /** Limits of the new task, in place of the earlier one's. */
  budget: Budget.optional(),
  /** Retrying again with the same key returns the first new task; with a different body it is a conflict. Per caller. */
  idempotencyKey: IdempotencyKey.optional(),
});
export type RetryTaskInput = z.infer<typeof RetryTaskInput>;

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
