import { isApiError } from "@trunkline/client";
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
      if (!(await deleted(client, sessionId))) return;
      showToast("Session deleted");
      navigate("/");
    } catch (error) {
      const detail = isConnectionError(error) ? "You're offline." : (error as Error).message;
      showToast("Couldn't delete the session", { detail, level: "error" });
    }
  };
}

/** Where the server finds work that was published nowhere, it wants to be told twice. @returns whether it was deleted */
async function deleted(client: ReturnType<typeof useTRPCClient>, sessionId: string): Promise<boolean> {
  try {
    await client.session.delete.mutate({ sessionId });
    return true;
  } catch (error) {
    if (!isApiError(error, "unpublished_work")) throw error;
    const isSure = await confirmed({
      title: "This work is published nowhere",
      // Without what it tells programs to send.
      detail: error.message.replace(/;? to lose it: .*$/i, "."),
      action: "Discard the work and delete",
    });
    if (isSure) await client.session.delete.mutate({ sessionId, discardWork: true });
    return isSure;
  }
}
