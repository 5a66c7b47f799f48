import { z } from "zod";
import { ModelName } from "./primitives.ts";

/** What this server is, and what it can do. */
export const ServerInfo = z.strictObject({
  /** Always `trunkline`. */
  name: z.literal("trunkline"),
  /** Version of the server. */
  version: z.string(),
  /** Default model for new tasks. */
  model: ModelName,
  /** True if no provider key is set, so the scripted demo model answers. */
  demo: z.boolean(),
  /** Tools that tasks can use. */
  tools: z.array(
    z.strictObject({
      /** As events name it. */
      name: z.string(),
      /** What it does. */
      description: z.string(),
    }),
  ),
  /** How tasks' commands are isolated from the rest of the machine. */
  sandbox: z.strictObject({
    /** The setting. `auto`: if the machine supports it; `required`: refuse to start without it; `off`: none. */
    mode: z.enum(["auto", "required", "off"]),
    /** Whether commands are sandboxed. */
    active: z.boolean(),
    /** Why they are not; null if they are. */
    reason: z.string().nullable(),
  }),
  /** What commands of sessions without a project can reach; see `session.network`. Absent from earlier versions. */
  network: z.enum(["off", "allowlist", "on"]).optional(),
  /** The git that works in repositories; absent from earlier versions. */
  git: z
    .strictObject({
      /** Of git; null if it can't be used. */
      version: z.string().nullable(),
      /** Why it can't; null if it can. */
      reason: z.string().nullable(),
    })
    .optional(),
  /** Compilers, interpreters and package managers that commands find on the server's machine; absent from earlier versions. */
  toolchains: z
    .array(
      z.strictObject({
        /** Of the program. */
        name: z.string(),
        /** Where it is. */
        path: z.string(),
      }),
    )
    .optional(),
  /** Limits that it enforces. */
  limits: z.strictObject({
    /** Tasks that run at the same time. */
    concurrency: z.int().positive(),
    /** Largest prompt, in UTF-16 code units. */
    maxPromptLength: z.int().positive(),
    /** Largest request body, in bytes. */
    maxBodyBytes: z.int().positive(),
  }),
  /** What follows the logs in the background, such as the search index on PostgreSQL; absent from earlier versions. */
  consumers: z
    .array(
      z.strictObject({
        /** Of the consumer. */
        name: z.string(),
        /** Events that it has yet to see; of more than 10,000 the first. */
        waiting: z.int().nonnegative(),
        /** How long ago the oldest of them happened, in ms; 0 if none waits. */
        lagMs: z.int().nonnegative(),
        /** How often in a row it has failed. */
        failures: z.int().nonnegative(),
      }),
    )
    .optional(),
  /** What its data may take on the disk; absent without such a budget. */
  disk: z
    .strictObject({
      /** As measured last; null: not yet. From 80 % of the budget on it is scarce, from 100 % on new tasks are refused. */
      usedBytes: z.int().nonnegative().nullable(),
      /** Set by the operator. */
      budgetBytes: z.int().positive(),
    })
    .optional(),
});
export type ServerInfo = z.infer<typeof ServerInfo>;

/** Input of `server.drain`. */
export const DrainServerInput = z.strictObject({
  /** Whether the server that answers stops starting tasks; false: it starts them again. */
  draining: z.boolean().default(true),
});
export type DrainServerInput = z.infer<typeof DrainServerInput>;

/** Output of `server.drain`. */
export const DrainState = z.strictObject({
  /** Name of the node that answered. */
  node: z.string(),
  draining: z.boolean(),
  /** Tasks that it still runs. */
  running: z.int().nonnegative(),
});
export type DrainState = z.infer<typeof DrainState>;
