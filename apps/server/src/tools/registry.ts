import type { Compute } from "../compute/port.ts";
import type { Connect, NetworkMode } from "../network/port.ts";
import { type BashDeps, createBashTool } from "./bash.ts";
import { createApplyPatchTool } from "./apply-patch.ts";
import { createAskUserTool } from "./ask-user.ts";
import { createEditFileTool } from "./edit-file.ts";
import { createGlobTool } from "./glob.ts";
import { createGrepTool } from "./grep.ts";
import { createListFilesTool } from "./list-files.ts";
import { createSubagentTool } from "./subagent.ts";
import { createPlanTool } from "./plan.ts";
import type { Spawner, Tool, ToolSource } from "./port.ts";
import { createProcessesTool } from "./processes.ts";
import { createReadFileTool } from "./read-file.ts";
import { createReadOutputTool } from "./read-output.ts";
import { redactedTool } from "./redacted-tool.ts";
import type { Ripgrep } from "./search/ripgrep.ts";
import { createWebFetchTool } from "./web-fetch.ts";
import { createWebSearchTool } from "./web-search.ts";
import type { WebSearch } from "./web-search/port.ts";
import { createWriteFileTool } from "./write-file.ts";

export interface ToolsDeps extends BashDeps {
  compute: Compute;
  /** For the tool that reads the public web. */
  connect: Connect;
  /** Whether to include the tool that reads the public web. */
  webFetch: "on" | "off";
  /** For the tool that searches the web. Absent: there is none. */
  webSearch?: WebSearch | undefined;
  /** For the tool that searches files. Absent: there is none. */
  search?: { ripgrep: Ripgrep; spawner: Spawner } | undefined;
  /** Whether there is somebody to answer questions. */
  canAsk?: boolean;
}

/** The built-in tools of a session whose commands have this network, in the order shown to the model. */
export function createTools(
  { webFetch, webSearch, search, canAsk, compute, connect, ...deps }: ToolsDeps,
  mode: NetworkMode,
): readonly Tool[] {
  const tools: Tool[] = [
    createBashTool(deps, mode),
    ...(deps.outputs === undefined ? [] : [createReadOutputTool(deps.outputs)]),
    createProcessesTool(deps.processes),
    createReadFileTool(),
    createWriteFileTool(),
    createEditFileTool(),
    createApplyPatchTool(),
    createListFilesTool(),
    createGlobTool(),
    ...(search === undefined ? [] : [createGrepTool({ ...search, redactor: deps.redactor })]),
    createPlanTool(),
    createSubagentTool(),
    ...(webFetch === "on" ? [createWebFetchTool({ compute, connect })] : []),
    ...(webSearch === undefined ? [] : [createWebSearchTool(webSearch)]),
    ...(canAsk === true ? [createAskUserTool()] : []),
  ];
  return tools.map((tool) => redactedTool(tool, deps.redactor));
}

/**
 * Gives each session the tools for its commands' network.
 * @param environmentOf variables of the session's project, in the same order for the same names.
 */
export function toolsByNetwork(
  deps: ToolsDeps,
  environmentOf: (session: {
    sessionId: string;
    ownerId: string;
  }) => Promise<Readonly<Record<string, string>>>,
): ToolSource {
  const known = new Map<string, readonly Tool[]>();
  return {
    async toolsOf({ sessionId, ownerId }) {
      const session = { sessionId, ownerId };
      const [mode, more] = await Promise.all([deps.networks.modeOf(session), environmentOf(session)]);
      const key = [mode, ...Object.keys(more)].join(" ");
      const environment = { ...more, ...deps.environment };
      const tools = known.get(key) ?? createTools({ ...deps, environment }, mode);
      known.set(key, tools);
      return tools;
    },
  };
}
