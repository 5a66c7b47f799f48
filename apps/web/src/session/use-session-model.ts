import { useMutation } from "@tanstack/react-query";
import type { Effort } from "@trunkline/contract";
import type { ChosenModel } from "../models/model-choice.tsx";
import { isConnectionError } from "../network/network.ts";
import { useSessionState } from "../session-stream/use-open-session.ts";
import { updateSession } from "../sessions/update-session.ts";
import { showToast } from "../ui/toasts.ts";
import { chosenEffort, chosenModel } from "./session-facts.ts";

/** Model and effort of the session's next tasks. Those that are queued start with them, too. */
export function useSessionModel(sessionId: string): {
  chosen: ChosenModel;
  choose: (next: Partial<ChosenModel>) => void;
} {
  const model = useSessionState(chosenModel);
  const effort = useSessionState(chosenEffort);
  const { mutate, isPending, variables } = useMutation({
    mutationFn: updateSession,
    onError: (error) =>
      showToast("Couldn't change the model", {
        detail: isConnectionError(error) ? "You're offline." : error.message,
        level: "error",
      }),
  });
  // As chosen, until the log says so.
  const chosen = { model, effort, ...(isPending && definedOf(variables)) };
  return { chosen, choose: (next) => mutate({ sessionId, ...next }) };
}

function definedOf({
  model,
  effort,
}: {
  model?: string | null | undefined;
  effort?: Effort | null | undefined;
}) {
  return { ...(model !== undefined && { model }), ...(effort !== undefined && { effort }) };
}
