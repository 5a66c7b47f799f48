import type { Agent } from "../port.ts";
import { findAgentProgram } from "./agent-program.ts";
import type { AcpAgentSetting } from "./agent-setting.ts";
import type { AcpDeps } from "./run-acp.ts";

/** Agents that run tasks by the Agent Client Protocol, as sessions name them: `acp:NAME`. */
export function acpAgents(deps: AcpDeps, settings: readonly AcpAgentSetting[]): Agent[] {
  return settings.map((setting) => ({
    name: `acp:${setting.name}`,
    description: setting.description,
    // It brings tools of its own.
    uses: () => false,
    run: async (input) => {
      // The protocol's library is a tenth of a start, and most servers have no task for it.
      const { createAcpRunTask } = await import("./run-acp.ts");
      return createAcpRunTask(deps, setting)(input);
    },
    needs: async () => {
      const program = await findAgentProgram(setting.command[0], deps.findProgram);
      if (program === null) return `'${setting.command[0]}' is not installed. ${setting.install}`;
      return setting.missing === null ? null : `It ${setting.missing}`;
    },
  }));
}
