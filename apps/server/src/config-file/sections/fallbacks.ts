import { z } from "zod";

/** Models that a task goes on with where its own can't answer. */
export const fallbacks = z
  .array(
    z
      .string()
      .max(200)
      .regex(/^\S+:\S+$|^demo$/, "must be a model, as provider:model"),
  )
  .max(10)
  .refine((names) => new Set(names).size === names.length, "names a model twice")
  .describe(
    "Models, as provider:model, that a task goes on with in this order where its own can't answer: after its retries, where the provider is down, refuses the key or the quota is used up.",
  );
