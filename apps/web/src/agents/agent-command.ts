import type { Command } from "../completion/command.ts";
import { agentName } from "./agent-name.ts";
import { useAgents } from "./use-agents.ts";

/** `/agent`; none where there is no choice. */
export function useAgentCommand(value: string, choose: (agent: string) => void): readonly Command[] {
  const agents = useAgents();
  if (agents.length < 2) return [];
  const options = agents.map(({ name }) => ({
    label: agentName(name),
    isCurrent: name === value,
    run: () => choose(name),
  }));
  return [{ name: "agent", does: "Change who runs the tasks", options }];
}
