import { useTRPCClient } from "../api/trpc.ts";
import { navigate } from "../navigation/navigate.ts";
import { isConnectionError } from "../network/network.ts";
import { useCurrentSession } from "../session-stream/use-open-session.ts";
import { firstWords } from "../text/first-words.ts";
import { confirmed } from "../ui/confirmation.ts";
import { showToast } from "../ui/toasts.ts";
import { deleteQuestion } from "./delete-question.ts";
import { activeTask, sessionTitle } from "./session-facts.ts";

/** @returns a function that deletes the session, after saying what would be lost with it. */
export function useDelete(sessionId: string): () => Promise<void> {
  const client = useTRPCClient();
  const session = useCurrentSession();
  return async () => {
    const state = session.state.getState();
    const published = state.view.events.findLast(({ type }) => type === "session.published");
    const changes = await client.session.changes
      .query({ sessionId, ...(published !== undefined && { fromSeq: published.seq }) })
      // Then it can't be said, which is no reason not to ask.
      .catch(() => null);
    const question = deleteQuestion({
      title: firstWords(sessionTitle(state) ?? "this session", 60),
      isRunning: activeTask(state.view) !== null,
      wasPublished: published !== undefined,
      isInPlace: state.session?.workspaceKind === "in-place",
      changes,
    });
    if (!(await confirmed(question))) return;
    try {
      await client.session.delete.mutate({ sessionId });
      showToast("Session deleted");
      navigate("/");
    } catch (error) {
      const detail = isConnectionError(error) ? "You're offline." : (error as Error).message;
      showToast("Couldn't delete the session", { detail, level: "error" });
    }
  };
}
