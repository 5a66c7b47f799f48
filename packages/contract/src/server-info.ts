import { z } from "zod";
import { ModelName } from "./primitives.ts";

export const ServerInfo = z.strictObject({
  name: z.literal("trunkline"),
  version: z.string(),
  /** Default model of new tasks. */
  model: ModelName,
  /** True while answers come from the scripted demo model because no provider key is set. */
  demo: z.boolean(),
  tools: z.array(z.strictObject({ name: z.string(), description: z.string() })),
  limits: z.strictObject({
    concurrency: z.int().positive(),
    maxPromptLength: z.int().positive(),
    maxBodyBytes: z.int().positive(),
  }),
});
export type ServerInfo = z.infer<typeof ServerInfo>;
