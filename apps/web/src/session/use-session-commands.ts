import { useMutation } from "@tanstack/react-query";
import { useAgentCommand } from "../agents/agent-command.ts";
import type { useSessionAgent } from "../agents/use-session-agent.ts";
import { useTRPC } from "../api/trpc.ts";
import type { Command } from "../completion/command.ts";
import { type Stop, whatContinues } from "../composer/composer-buttons.tsx";
import { useModelCommands } from "../models/model-commands.ts";
import { navigate } from "../navigation/navigate.ts";
import { isConnectionError } from "../network/network.ts";
import { showToast } from "../ui/toasts.ts";
import type { useSessionModel } from "./use-session-model.ts";

interface CommandDeps {
  /** Null while nothing runs. */
  stop: Stop | null;
  model: ReturnType<typeof useSessionModel>;
  agent: ReturnType<typeof useSessionAgent>;
}

/** What `/` offers in a session. */
export function useSessionCommands(
  sessionId: string,
  { stop, model, agent }: CommandDeps,
): readonly Command[] {
  const trpc = useTRPC();
  const fork = useMutation(
    trpc.session.fork.mutationOptions({
      onSuccess: ({ id }) => navigate(`/s/${id}`),
      onError: (error) =>
        showToast("Couldn't fork the session", {
          detail: isConnectionError(error) ? "You're offline." : error.message,
          level: "error",
        }),
    }),
  );
  const models = useModelCommands(model.chosen, model.choose);
  const agents = useAgentCommand(agent.agent, agent.choose);
  const stops: Command[] = [];
  if (stop !== null) {
    const follows = stop.queued === 0 ? "" : ` · ${whatContinues(stop.queued)}`;
    stops.push({ name: "stop", does: `Stop the task${follows}`, run: stop.stop });
    if (stop.queued > 0)
      stops.push({ name: "stop-all", does: "Stop, and empty the queue", run: stop.stopAll });
  }
  return [
    ...stops,
    ...models,
    ...agents,
    { name: "fork", does: "Go on from here in a new session", run: () => fork.mutate({ sessionId }) },
  ];
}
