import { z } from "zod";
import { Id, Timestamp } from "./primitives.ts";

/** Most days that one report covers. */
export const MAX_REPORT_DAYS = 400;

const DAY_MS = 86_400_000;

export const UsageQuery = z
  .strictObject({
    /** What each row is about. */
    by: z.enum(["day", "session", "model", "user", "project"]),
    /** From then on; ms since the epoch; absent: 30 days before `to`. */
    from: Timestamp.optional(),
    /** Before then; ms since the epoch; absent: now. */
    to: Timestamp.optional(),
    /** Only of this session. */
    sessionId: Id.optional(),
    /** Only of this project. */
    projectId: Id.optional(),
    /** Of all users; needs an admin. */
    everybody: z.boolean().default(false),
    /** Where days begin: minutes that local time is ahead of UTC. */
    utcOffsetMinutes: z.int().min(-840).max(840).default(0),
    /** Maximum number of rows; days are never left out. */
    limit: z.int().min(1).max(1_000).default(100),
  })
  .refine(({ from = 0, to }) => to === undefined || to > from, {
    message: "'to' is not after 'from'",
    path: ["to"],
  })
  .refine(({ from, to }) => from === undefined || to === undefined || to - from <= MAX_REPORT_DAYS * DAY_MS, {
    message: `A report covers at most ${MAX_REPORT_DAYS} days`,
    path: ["from"],
  })
  .refine(({ sessionId, projectId }) => sessionId === undefined || projectId === undefined, {
    message: "Use either sessionId or projectId, not both",
  });
export type UsageQuery = z.infer<typeof UsageQuery>;

const SUMS = {
  /** Completed model calls. */
  steps: z.int().nonnegative(),
  inputTokens: z.int().nonnegative(),
  outputTokens: z.int().nonnegative(),
  /** Input tokens that the provider read from its cache. */
  cachedInputTokens: z.int().nonnegative(),
  /** Cost in US dollars of the calls whose price is known. */
  costUsd: z.number().nonnegative(),
  /** Calls whose price is unknown: the cost is at least `costUsd`. */
  unpricedSteps: z.int().nonnegative(),
};

/** What was used. */
export const UsageTotal = z.strictObject(SUMS);
export type UsageTotal = z.infer<typeof UsageTotal>;

/** One row of a report. */
export const UsageRow = z.strictObject({
  /** The day (`2026-11-28`), the model, or the id of the session, user or project; null: none, or unknown. */
  key: z.string().nullable(),
  /** Title or name; null if there is none any more. */
  label: z.string().nullable(),
  ...SUMS,
});
export type UsageRow = z.infer<typeof UsageRow>;

/** Usage of completed model calls, deleted sessions included. Calls that were cut off are not counted. */
export const UsageReport = z.strictObject({
  from: Timestamp,
  to: Timestamp,
  /** Days in their order; everything else by cost, then by tokens, the most first. */
  items: z.array(UsageRow),
  /** Rows that were left out. */
  omitted: z.int().nonnegative(),
  /** Of all rows. */
  total: UsageTotal,
});
export type UsageReport = z.infer<typeof UsageReport>;
