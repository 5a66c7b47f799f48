import { z } from "zod";
import { variableName } from "../variable-name.ts";

const absolutePath = z.string().max(4_096).regex(/^\//, "must be an absolute path");

const agent = z
  .strictObject({
    preset: z
      .enum(["claude-code", "codex", "opencode", "gemini"])
      .optional()
      .describe(
        "An agent that is known here; what else is set changes it. Absent: command says how it starts.",
      ),
    command: z
      .array(z.string().min(1).max(4_096))
      .min(1)
      .max(50)
      .optional()
      .describe(
        'Program and arguments with which it speaks the Agent Client Protocol on its standard input and output, such as ["goose", "acp"].',
      ),
    description: z.string().max(500).optional().describe("What it is for, shown where agents are chosen."),
    provider: z
      .string()
      .max(32)
      .optional()
      .describe(
        "The model provider of this server that it uses; the key stays outside its sandbox. Absent: for a preset the first that fits, else none.",
      ),
    model: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe("The provider's name for its model, for tasks whose model is another provider's."),
    hosts: z
      .array(z.string().max(300))
      .max(100)
      .optional()
      .describe("Hosts that it may reach beside its provider and what its session's commands may reach."),
    env: z
      .record(
        z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,199}$/, "must be the name of an environment variable"),
        z.union([z.string().max(8_000), z.strictObject({ variable: variableName })]),
      )
      .optional()
      .describe(
        'Its environment: a text, in which {provider} stands for the address of its provider and {model} for the model, or { "variable": "NAME" } for one of the server\'s. The agent, and all that it runs, can read these.',
      ),
    shown: z
      .array(absolutePath)
      .max(50)
      .optional()
      .describe("Directories that it may read beside the workspace, the system's and its own installation."),
    permissions: z
      .enum(["ask", "policy"])
      .optional()
      .describe(
        "ask (the default): each permission that it asks for is an approval. policy: only where the server would ask for a tool of its own.",
      ),
  })
  .refine(
    ({ preset, command }) => preset !== undefined || command !== undefined,
    "needs a command, or a preset",
  );

/** Agents that run tasks in the place of the built-in one. */
export const agents = z
  .record(
    z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, "must be up to 32 lower-case letters, digits and hyphens"),
    agent,
  )
  .refine((entries) => Object.keys(entries).length <= 50, "holds more than 50 agents")
  .describe("Agents that speak the Agent Client Protocol; sessions name them acp:NAME. See docs/acp.md.");

export type ConfiguredAgent = z.infer<typeof agent>;
