import { z } from "zod";
import { ModelName } from "./primitives.ts";

/** What this server is, and what it can do. */
export const ServerInfo = z.strictObject({
  /** That it is one of these. */
  name: z.literal("trunkline"),
  /** Of the server. */
  version: z.string(),
  /** Default model of new tasks. */
  model: ModelName,
  /** True while answers come from the scripted demo model because no provider key is set. */
  demo: z.boolean(),
  /** What tasks can use. */
  tools: z.array(
    z.strictObject({
      /** As events name it. */
      name: z.string(),
      /** What it does. */
      description: z.string(),
    }),
  ),
  /** How the commands of tasks are kept from the rest of the machine. */
  sandbox: z.strictObject({
    /** What was asked for: where it can be had, or else no start, or none. */
    mode: z.enum(["auto", "required", "off"]),
    /** Whether commands run in it. */
    active: z.boolean(),
    /** Why they do not. */
    reason: z.string().nullable(),
  }),
  /** What it refuses to exceed. */
  limits: z.strictObject({
    /** Tasks that work at once. */
    concurrency: z.int().positive(),
    /** Largest prompt, in UTF-16 code units. */
    maxPromptLength: z.int().positive(),
    /** Largest request body, in bytes. */
    maxBodyBytes: z.int().positive(),
  }),
});
export type ServerInfo = z.infer<typeof ServerInfo>;
