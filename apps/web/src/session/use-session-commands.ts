import { useAgentCommand } from "../agents/agent-command.ts";
import type { useSessionAgent } from "../agents/use-session-agent.ts";
import type { Command, Commands } from "../completion/command.ts";
import { type Stop, whatContinues } from "../composer/composer-buttons.tsx";
import { useModelCommands } from "../models/model-commands.ts";
import { useSessionState } from "../session-stream/use-open-session.ts";
import { forkSession } from "../sessions/fork-session.ts";
import type { useSessionModel } from "./use-session-model.ts";

interface CommandDeps {
  /** Null while nothing runs. */
  stop: Stop | null;
  model: ReturnType<typeof useSessionModel>;
  agent: ReturnType<typeof useSessionAgent>;
}

/** What `/` offers in a session. */
export function useSessionCommands(sessionId: string, { stop, model, agent }: CommandDeps): Commands {
  const isKnown = useSessionState((state) => state.session !== null);
  const models = useModelCommands(model.chosen, model.choose);
  const agents = useAgentCommand(agent.agent, agent.choose);
  const stops: Command[] = [];
  if (stop !== null) {
    const follows = stop.queued === 0 ? "" : ` · ${whatContinues(stop.queued)}`;
    stops.push({ name: "stop", does: `Stop the task${follows}`, run: stop.stop });
    if (stop.queued > 0)
      stops.push({ name: "stop-all", does: "Stop, and empty the queue", run: stop.stopAll });
  }
  return {
    commands: [
      ...models.commands,
      ...agents.commands,
      { name: "fork", does: "Go on from here in a new session", run: () => void forkSession(sessionId) },
      ...stops,
    ],
    // Before the session is known, nothing seems to run in it.
    isLoading: !isKnown || models.isLoading || agents.isLoading,
  };
}
