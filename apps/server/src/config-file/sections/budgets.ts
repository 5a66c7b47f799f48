import { z } from "zod";

const count = z.int().positive().optional();

const limits = z.strictObject({
  steps: count.describe("Model calls."),
  tokens: count.describe("Input and output tokens of all model calls."),
  durationMs: count.describe("Working time, in ms."),
  costUsd: z
    .number()
    .positive()
    .max(1_000_000_000)
    .optional()
    .describe("US dollars. Models whose price is unknown are then refused."),
});

const periods = z.strictObject({
  total: limits.optional().describe("Of all that is ever spent."),
  month: limits.optional().describe("Of each calendar month (UTC)."),
});

/** Limits that nobody can raise on the wire; smaller ones can be set there. */
export const budgets = z
  .strictObject({
    task: limits.optional().describe("Of each task, the tasks that it starts included."),
    session: periods.optional().describe("Of each session."),
    project: periods.optional().describe("Of each project."),
    user: periods.optional().describe("Of each user."),
    server: periods.optional().describe("Of all users together."),
  })
  .describe("Upper limits of what tasks may use. Users and admins can set smaller ones.");

export type BudgetSettings = z.infer<typeof budgets>;
