import { z } from "zod";
import { Effort, ModelName } from "./primitives.ts";

/** A model that tasks can use. */
export const Model = z.strictObject({
  name: ModelName,
  /** Its name for people; null: unknown. */
  title: z.string().nullable(),
  /** Name of its provider. */
  provider: z.string(),
  /** Whether this is the server's default. */
  isDefault: z.boolean(),
  /** Tokens of one call, answer included; null: unknown. */
  contextTokens: z.int().positive().nullable(),
  /** Most tokens of one answer; null: unknown. */
  maxOutputTokens: z.int().positive().nullable(),
  /** Whether it reads images; null: unknown. */
  readsImages: z.boolean().nullable(),
  /** Efforts that it has, the lowest first; empty: none; null: unknown. */
  efforts: z.array(Effort).nullable(),
  /** That of tasks that choose none; null: the model's own. */
  effort: Effort.nullable(),
  /** What it costs; null: unknown. Long prompts may cost more. */
  prices: z
    .strictObject({
      inputUsdPerMillion: z.number().nonnegative(),
      outputUsdPerMillion: z.number().nonnegative(),
      /** Where the prices come from. */
      source: z.string(),
    })
    .nullable(),
});
export type Model = z.infer<typeof Model>;

/** A configured provider of models. */
export const ModelProvider = z.strictObject({
  name: z.string(),
  /** The API that it speaks. Open to additions. */
  kind: z.string(),
  /** Whose key your tasks use there; `none` where there is none, as with many local servers. */
  key: z.enum(["own", "server", "none"]),
  /** Whether it answered when it was asked for its models; null: it was not asked. */
  isReachable: z.boolean().nullable(),
});
export type ModelProvider = z.infer<typeof ModelProvider>;

/** The models of the configured providers. A provider's other models can be named, too. */
export const ModelList = z.strictObject({
  /** The default first, then by provider. */
  models: z.array(Model),
  providers: z.array(ModelProvider),
  /** Models that are tried in order where a task's own can't answer. */
  fallbacks: z.array(ModelName),
  /** Where context, limits and efforts come from. */
  catalogue: z.strictObject({
    source: z.string(),
    /** `YYYY-MM-DD`. */
    date: z.string(),
  }),
});
export type ModelList = z.infer<typeof ModelList>;

export const SetModelKeyInput = z.strictObject({
  /** Name of the provider. */
  provider: z.string().min(1).max(100),
  /** Your key there. Stored encrypted; nothing returns it. */
  key: z
    .string()
    .min(1)
    .max(10_000)
    .regex(/^[\x21-\x7e]+$/, "Write the key as one word"),
});
export type SetModelKeyInput = z.infer<typeof SetModelKeyInput>;

export const RemoveModelKeyInput = SetModelKeyInput.pick({ provider: true });
export type RemoveModelKeyInput = z.infer<typeof RemoveModelKeyInput>;
