import { createAgentRegistry } from "../agent-registry.ts";
import type { AgentRegistry, RunTask } from "../port.ts";

/** An agent that runs every task of every session so. */
export function oneAgent(run: RunTask): AgentRegistry {
  return createAgentRegistry([{ name: "default", description: "", uses: () => true, run }]);
}
