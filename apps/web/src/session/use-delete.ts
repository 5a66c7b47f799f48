import { useTRPCClient } from "../api/trpc.ts";
import { useCurrentSession } from "../session-stream/use-open-session.ts";
import { deleteSession } from "../sessions/session-actions.ts";
import { firstWords } from "../text/first-words.ts";
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
    await deleteSession(sessionId, {
      title: firstWords(sessionTitle(state) ?? "this session", 60),
      isRunning: activeTask(state.view) !== null,
      wasPublished: published !== undefined,
      isInPlace: state.session?.workspaceKind === "in-place",
      changes,
    });
  };
}
