import { z } from "zod";
import { Id, Timestamp } from "./primitives.ts";

export const BUDGET_KINDS = ["steps", "tokens", "duration", "cost"] as const;
/** What a budget limits. */
export type BudgetKind = (typeof BUDGET_KINDS)[number];

export const BUDGET_SCOPES = ["task", "session", "project", "user", "server"] as const;
/** Whose budget it is. That of a task includes the tasks that it starts. */
export type BudgetScope = (typeof BUDGET_SCOPES)[number];

const LIMITS = {
  /** Model calls. */
  steps: z.int().positive().optional(),
  /** Input and output tokens of all model calls. */
  tokens: z.int().positive().optional(),
  /** Working time, in ms. */
  durationMs: z.int().positive().optional(),
  /** Price of all model calls, in US dollars. */
  costUsd: z.number().positive().max(1_000_000_000).optional(),
};

/**
 * Limits of one task and the tasks that it starts. The server's own limits apply where one is absent or larger. A model
 * whose price is unknown can't be used with `costUsd`.
 */
export const Budget = z.strictObject({
  ...LIMITS,
  /** Former name of `steps`. */
  maxSteps: z.int().positive().optional(),
  /** Former name of `tokens`. */
  maxTokens: z.int().positive().optional(),
  /** Former name of `durationMs`. */
  maxDurationMs: z.int().positive().optional(),
});
export type Budget = z.infer<typeof Budget>;

/** Limits; an absent one does not limit. */
export const BudgetLimits = z.strictObject(LIMITS);
export type BudgetLimits = z.infer<typeof BudgetLimits>;

/** How much of a budget is used, in events. */
export const BudgetUse = z.strictObject({
  /** What it limits. */
  budget: z.enum(BUDGET_KINDS),
  /** The limit: a count, ms, or US dollars. */
  limit: z.number().positive(),
  /** The amount used: a count, ms, or US dollars. */
  spent: z.number().nonnegative(),
  /** Whose budget it is; absent: the task's. */
  scope: z.enum(BUDGET_SCOPES).optional(),
  /** The calendar month (UTC) that it is for; absent: it has no end. */
  period: z.literal("month").optional(),
  /** The task that it belongs to, if that started this one. */
  ofTaskId: Id.optional(),
});
export type BudgetUse = z.infer<typeof BudgetUse>;

const REF = {
  /** `session`, `project` and `user`: that of the id. `server`: of all users together. */
  scope: z.enum(["session", "project", "user", "server"]),
  /** Of the session, project or user; absent: yourself, or the server. */
  id: Id.optional(),
};

const needsId = ({ scope, id }: { scope: string; id?: string | undefined }): boolean =>
  scope === "session" || scope === "project" ? id !== undefined : scope === "user" || id === undefined;
const ID_RULE = { message: "A session and a project need an id, the server has none", path: ["id"] };

export const BudgetRef = z.strictObject(REF).refine(needsId, ID_RULE);
export type BudgetRef = z.infer<typeof BudgetRef>;

export const SetBudgetInput = z
  .strictObject({
    ...REF,
    /** Limits of all that is ever spent, in place of the earlier ones; `{}`: none. */
    total: BudgetLimits.optional(),
    /** The same for each calendar month (UTC). */
    month: BudgetLimits.optional(),
  })
  .refine(needsId, ID_RULE);
export type SetBudgetInput = z.infer<typeof SetBudgetInput>;

/** What has been spent. */
export const Spent = z.strictObject({
  /** Model calls. */
  steps: z.int().nonnegative(),
  /** Input and output tokens. */
  tokens: z.int().nonnegative(),
  /** Working time, in ms. */
  durationMs: z.int().nonnegative(),
  /** Cost in US dollars of the calls whose price is known. */
  costUsd: z.number().nonnegative(),
});
export type Spent = z.infer<typeof Spent>;

/** A budget and what is used of it. Tasks also keep to the operator's limits. */
export const BudgetState = z.strictObject({
  scope: REF.scope,
  /** Null: the server's. */
  id: Id.nullable(),
  total: BudgetLimits,
  /** Of each calendar month (UTC). */
  month: BudgetLimits,
  /** Set in trunkline.config.json; nobody can raise them here. */
  operator: z.strictObject({ total: BudgetLimits, month: BudgetLimits }),
  spent: z.strictObject({ total: Spent, month: Spent }),
  /** When the current month ends; ms since the epoch. */
  monthEndsAt: Timestamp,
});
export type BudgetState = z.infer<typeof BudgetState>;
