import { z } from "zod";

export const TOOL_KINDS = [
  "read",
  "edit",
  "delete",
  "move",
  "search",
  "execute",
  "think",
  "fetch",
  "other",
] as const;
/** What a tool call does, as the Agent Client Protocol names it (https://agentclientprotocol.com, "Tool calls"). */
export const ToolKind = z.enum(TOOL_KINDS);
export type ToolKind = z.infer<typeof ToolKind>;

/** A place in a file that a call is about. */
export const Location = z.strictObject({
  /** Relative to the workspace. */
  path: z.string().max(4_096),
  /** From 1. */
  line: z.int().positive().optional(),
});
export type Location = z.infer<typeof Location>;
