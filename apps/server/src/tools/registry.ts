import { type BashDeps, createBashTool } from "./bash.ts";
import { createEditFileTool } from "./edit-file.ts";
import { createListFilesTool } from "./list-files.ts";
import type { Tool } from "./port.ts";
import { createReadFileTool } from "./read-file.ts";
import { createWriteFileTool } from "./write-file.ts";

/** The tools that a session's model can call, in the order that it is shown them. */
export function createTools(deps: BashDeps): readonly Tool[] {
  return [
    createBashTool(deps),
    createReadFileTool(),
    createWriteFileTool(),
    createEditFileTool(),
    createListFilesTool(),
  ];
}
