import { useMutation } from "@tanstack/react-query";
import { isConnectionError } from "../network/network.ts";
import { currentAgent } from "../session/session-facts.ts";
import { useSessionState } from "../session-stream/use-open-session.ts";
import { updateSession } from "../sessions/update-session.ts";
import { showToast } from "../ui/toasts.ts";

/** The session's agent; a change holds for tasks that start, or go on, from now on. */
export function useSessionAgent(sessionId: string): { agent: string; choose: (agent: string) => void } {
  const agent = useSessionState(currentAgent);
  const { mutate, variables, isPending } = useMutation({
    mutationFn: updateSession,
    onError: (error) =>
      showToast("Couldn't change the agent", {
        detail: isConnectionError(error) ? "You're offline." : error.message,
        level: "error",
      }),
  });
  return {
    agent: (isPending ? variables.agent : undefined) ?? agent,
    choose: (chosen) => mutate({ sessionId, agent: chosen }),
  };
}
