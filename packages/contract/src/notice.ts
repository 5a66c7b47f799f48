import { z } from "zod";

/** Another try of a step that failed. */
const StepRetry = z.strictObject({
  /** Which one it will be, from 2. */
  attempt: z.int().positive(),
  /** Most attempts. */
  of: z.int().positive(),
  /** How long after its event, in ms. */
  delayMs: z.int().nonnegative(),
  /** What went wrong. */
  cause: z.string(),
});

export const Notice = z.strictObject({
  level: z.enum(["info", "warning", "error"]),
  message: z.string(),
  /** The step failed and is tried again. */
  retry: StepRetry.optional(),
});
