import { type BashDeps, createBashTool } from "./bash.ts";
import { createAskUserTool } from "./ask-user.ts";
import { createEditFileTool } from "./edit-file.ts";
import { createListFilesTool } from "./list-files.ts";
import type { Tool, ToolSource } from "./port.ts";
import { createReadFileTool } from "./read-file.ts";
import { redactedTool } from "./redacted-tool.ts";
import { createWebFetchTool } from "./web-fetch.ts";
import { createWriteFileTool } from "./write-file.ts";

export interface ToolsDeps extends BashDeps {
  /** Whether there is a tool that reaches the public web. */
  webFetch: "on" | "off";
  /** Whether somebody answers questions. */
  canAsk?: boolean;
}

/** The tools that a session's model can call, in the order that it is shown them. */
export function createTools({ webFetch, canAsk, ...deps }: ToolsDeps): readonly Tool[] {
  const tools: Tool[] = [
    createBashTool(deps),
    createReadFileTool(),
    createWriteFileTool(),
    createEditFileTool(),
    createListFilesTool(),
    ...(webFetch === "on" ? [createWebFetchTool()] : []),
    ...(canAsk === true ? [createAskUserTool()] : []),
  ];
  return tools.map((tool) => redactedTool(tool, deps.redactor));
}

/** Gives every session the same tools. */
export function sameTools(tools: readonly Tool[]): ToolSource {
  return { toolsOf: async () => tools };
}
