import type { Compute } from "../compute/port.ts";
import type { Connect, NetworkMode } from "../network/port.ts";
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
  /** For the tool that reads the public web. */
  connect: Connect;
  /** Whether to include the tool that reads the public web. */
  webFetch: "on" | "off";
  /** Whether there is somebody to answer questions. */
  canAsk?: boolean;
}

/** The built-in tools of a session whose commands have this network, in the order shown to the model. */
export function createTools(
  { webFetch, canAsk, compute, connect, ...deps }: ToolsDeps,
  mode: NetworkMode,
): readonly Tool[] {
  const tools: Tool[] = [
    createBashTool(deps, mode),
    createReadFileTool(),
    createWriteFileTool(),
    createEditFileTool(),
    createListFilesTool(),
    ...(webFetch === "on" ? [createWebFetchTool({ compute, connect })] : []),
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
