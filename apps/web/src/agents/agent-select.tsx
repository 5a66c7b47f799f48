import { Bot } from "lucide-react";
import { agentName, DEFAULT_AGENT } from "./agent-name.ts";
import { useAgents } from "./use-agents.ts";

/** Who runs the tasks: a small select, for a composer. Nothing while there is no choice. */
export function AgentSelect({ value, choose }: { value: string; choose: (agent: string) => void }) {
  const { agents } = useAgents();
  const chosen = agents.find(({ name }) => name === value);
  // A server that is gone, or has lost this agent, still says who it is.
  const names =
    chosen === undefined ? [value, ...agents.map(({ name }) => name)] : agents.map(({ name }) => name);
  if (agents.length < 2 && value === DEFAULT_AGENT) return null;
  return (
    <span className="inline-flex min-w-0 items-center" data-hint={chosen?.description}>
      <Bot aria-hidden className="size-3.5 shrink-0 text-faint" strokeWidth={1.75} />
      <select
        value={value}
        aria-label="Agent"
        onChange={(event) => choose(event.target.value)}
        className="h-7 max-w-44 min-w-0 rounded-md border border-transparent bg-transparent px-1 text-xs text-muted transition-colors hover:border-line hover:bg-hover focus:border-accent max-md:h-9 max-md:text-[16px]"
      >
        {names.map((name) => (
          <option key={name} value={name}>
            {agentName(name)}
          </option>
        ))}
      </select>
    </span>
  );
}
