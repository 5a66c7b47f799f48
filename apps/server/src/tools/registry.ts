import type { Compute } from "../compute/port.ts";
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
  compute: Compute;
  /** Whether to include the tool that reads the public web. */
  webFetch: "on" | "off";
  /** Whether there is somebody to answer questions. */
  canAsk?: boolean;
}

/** The built-in tools, in the order shown to the model. */
export function createTools({ webFetch, canAsk, compute, ...deps }: ToolsDeps): readonly Tool[] {
  const tools: Tool[] = [
    createBashTool(deps),
    createReadFileTool(),
    createWriteFileTool(),
    createEditFileTool(),
    createListFilesTool(),
    ...(webFetch === "on" ? [createWebFetchTool({ compute })] : []),
    ...(canAsk === true ? [createAskUserTool()] : []),
  ];
  return tools.map((tool) => redactedTool(tool, deps.redactor));
}

/** Gives every session the same tools. */
export function sameTools(tools: readonly Tool[]): ToolSource {
  return { toolsOf: async () => tools };
}
