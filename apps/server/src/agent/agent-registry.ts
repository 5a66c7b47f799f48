import { TrunklineError } from "@trunkline/contract";
import type { Agent, AgentRegistry } from "./port.ts";

export function createAgentRegistry(agents: readonly Agent[]): AgentRegistry {
  return {
    agents,
    resolve(name) {
      const agent = agents.find((candidate) => candidate.name === name);
      if (agent !== undefined) return agent;
      const names = agents.map((candidate) => candidate.name).join(", ");
      throw new TrunklineError("agent_unknown", `There is no agent '${name}'. Choose one of: ${names}`);
    },
  };
}
