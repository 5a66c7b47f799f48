import { z } from "zod";
import { Effort, Id, ModelName, Timestamp } from "../primitives.ts";
import { Budget, BudgetUse } from "../budget.ts";
import { ContentPart } from "../content-part.ts";
import { TaskReason, WHEN_BUSY } from "../task.ts";
import { SubagentEnded, SubagentStarted } from "../subagent.ts";
import { TaskError } from "./event-parts.ts";

/** The life of a task, its subagents and its budgets. */
export const TASK_EVENTS = {
  /** A task was added to the session's queue. */
  "task.submitted": z.strictObject({
    prompt: z.string(),
    /** Requested model; null: the session's, else the server's default. */
    model: ModelName.nullable(),
    /** Requested agent; absent: the session's. */
    agent: z.string().optional(),
    /** Requested effort; absent: the session's, else the model's own default. */
    effort: Effort.optional(),
    /** The task that it retries. */
    retryOf: Id.optional(),
    /** Where in the queue it went. Absent in logs from before this and what follows were recorded. */
    whenBusy: z.enum(WHEN_BUSY).optional(),
    /** The unfinished task that it is a message for. */
    steers: Id.optional(),
    budget: Budget.optional(),
    /** The caller's key: the same one again gives this task back. */
    idempotencyKey: z.string().optional(),
    /** SHA-256 of what was submitted under the key, hex. */
    requestHash: z.string().optional(),
    /** The prompt has review comments and checks of this request in it: text by others. */
    broughtBack: z
      .strictObject({
        url: z.string(),
        /** What it has in it, so that it is not brought back again. */
        items: z.array(z.string()).max(500),
      })
      .optional(),
    /** Beside the prompt. */
    attachments: z.array(ContentPart).max(50).optional(),
  }),
  /** A queued task was edited, moved, or became a message for the running one; only what changed is present. */
  "task.updated": z.strictObject({
    prompt: z.string().optional(),
    /** The queued task that it now goes before; null: it goes last. */
    beforeTaskId: Id.nullable().optional(),
    /** It is now a message for this unfinished task. Moving it makes it an ordinary queued task again. */
    steers: Id.optional(),
  }),
  /** The task started. */
  "task.started": z.strictObject({
    /** Number of the attempt, from 1. */
    attempt: z.int().positive(),
    /** The process that runs it. */
    node: z.string().optional(),
  }),
  /** A message was handed to the running task. */
  "task.steered": z.strictObject({
    prompt: z.string(),
    /** The submitted task that became this. It ends in the same commit, `canceled` with the reason `steered`. */
    steeredTaskId: Id.optional(),
  }),
  /** Somebody asked to cancel the running task; its terminal event follows once it has ended. */
  "task.cancel-requested": z.strictObject({
    reason: TaskReason,
    /** Who. */
    by: z.string(),
  }),
  /** A crash or shutdown ended the attempt; the task is queued for another one. */
  "task.interrupted": z.strictObject({
    /** Number of the attempt. */
    attempt: z.int().positive(),
    /** What ended it. */
    reason: TaskReason,
  }),
  /** The task is waiting, and does not hold a slot meanwhile. */
  "task.input-required": z.strictObject({
    /** What it waits for: an approval, a question, a child, a limit. */
    reason: TaskReason,
    /** When it continues by itself (a limit that resets); ms since the epoch. */
    until: Timestamp.optional(),
    /** Why, for people. */
    message: z.string().optional(),
  }),
  /** Somebody asked to retry now a task that waits for a limit. */
  "task.released": z.strictObject({
    /** Who. */
    by: z.string(),
  }),
  /** The task resumed after waiting. */
  "task.resumed": z.strictObject({
    /** Number of the attempt, from 1. */
    attempt: z.int().positive(),
    /** The process that runs it. */
    node: z.string().optional(),
  }),
  /** Final: the task completed. */
  "task.completed": z.strictObject({
    /** The model's last text. */
    result: z.string(),
  }),
  /** Final: the task failed. */
  "task.failed": z.strictObject({
    /** What kind of failure it was. */
    reason: TaskReason,
    error: TaskError,
  }),
  /** Final: the task was canceled. */
  "task.canceled": z.strictObject({
    /** Why. */
    reason: TaskReason,
    /** Who did it. */
    by: z.string(),
  }),
  /** Final: the task was rejected. Reserved: not produced yet. */
  "task.rejected": z.strictObject({
    /** Why not. */
    reason: TaskReason,
  }),

  /** A task in a session of its own works on behalf of this one. */
  "subagent.started": SubagentStarted,
  /** That task ended. */
  "subagent.ended": SubagentEnded,

  /** What the next model call may use of the budgets that the task shares with others; until its step ends. */
  "budget.reserved": z.strictObject({
    tokens: z.int().nonnegative(),
    costUsd: z.number().nonnegative(),
  }),
  /** Most of a budget is used; once per budget and limit. */
  "budget.warned": BudgetUse,
  /** A budget is used up: the task fails. */
  "budget.exceeded": BudgetUse,
} as const;
