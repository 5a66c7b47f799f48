import { z } from "zod";
import { ModelName } from "./primitives.ts";
import { TOOL_EFFECTS } from "./tool-effect.ts";

/** What calls of a tool can do beyond reading the session's workspace. Open to additions. */
export const ToolEffect = z.enum(TOOL_EFFECTS);

/** When calls of a tool need approval. `untrusted`: once the session has read content from strangers. */
export const ApprovalNeed = z.enum(["never", "untrusted", "always"]);

/** A tool that tasks can use. */
export const AgentTool = z.strictObject({
  /** As events name it. */
  name: z.string(),
  /** What it does. */
  description: z.string(),
  effects: z.array(ToolEffect),
  /** When its calls need approval. */
  approval: ApprovalNeed,
});
export type AgentTool = z.infer<typeof AgentTool>;

/** Agents, models and tools. */
export const AgentList = z.strictObject({
  agents: z.array(
    z.strictObject({
      /** As sessions name it. */
      name: z.string(),
      /** What it is for. */
      description: z.string(),
      /** Names of the server's tools that it uses; an agent by the Agent Client Protocol (`acp:NAME`) brings its own. */
      tools: z.array(z.string()),
      /** What it lacks on this server, and what to do about it; null: nothing, it can be used. */
      needs: z.string().nullable(),
    }),
  ),
  /** One model for each configured provider; its other models can be named too. */
  models: z.array(
    z.strictObject({
      name: ModelName,
      /** Whether this is the default model. */
      isDefault: z.boolean(),
    }),
  ),
  tools: z.array(AgentTool),
});
export type AgentList = z.infer<typeof AgentList>;
