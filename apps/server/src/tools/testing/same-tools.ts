import type { Tool, ToolSource } from "../port.ts";

/** Gives every session the same tools. */
export function sameTools(tools: readonly Tool[]): ToolSource {
  return { toolsOf: async () => tools };
}
