import type { Commands } from "../completion/command.ts";
import { agentName } from "./agent-name.ts";
import { useAgents } from "./use-agents.ts";

/** `/agent`; none where there is no choice. */
export function useAgentCommand(value: string, choose: (agent: string) => void): Commands {
  const { agents, isLoading } = useAgents();
  if (agents.length < 2) return { commands: [], isLoading };
  const options = agents.map(({ name }) => ({
    label: agentName(name),
    isCurrent: name === value,
    run: () => choose(name),
  }));
  return { commands: [{ name: "agent", does: "Change who runs the tasks", options }], isLoading };
}
