import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import type { Session } from "@trunkline/contract";
import { useTRPC, useTRPCClient } from "../api/trpc.ts";
import { fromApproval, fromStoredQuestion, type OpenApproval } from "../approvals/open-approvals.ts";
import { statusOfSession } from "../sessions/status.ts";

/** Most that are asked for at once; answered ones make room. */
const MAX_REQUESTS = 50;

export interface OpenRequest {
  request: OpenApproval;
  /** The session at the top, where it is answered, too; null until that is known. */
  session: Session | null;
  /** Whether a subagent of that session asks. */
  isSubagents: boolean;
}

export interface OpenRequests {
  requests: readonly OpenRequest[];
  isLoading: boolean;
  error: Error | null;
  retry: () => void;
}

/** All that waits for the user, oldest first. Looked up whenever a session that waits has changed; nothing is polled. */
export function useOpenRequests(sessions: readonly Session[]): OpenRequests {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const waiting = sessions.filter((session) => statusOfSession(session) === "needs-you");
  const isWaiting = waiting.length > 0;
  // Part of the key: another state of the sessions is another question.
  const state = waiting.map(({ id, lastSeq, updatedAt }) => `${id}.${lastSeq}.${updatedAt}`).join(" ");
  const options = { enabled: isWaiting, placeholderData: keepPreviousData };
  const list = { limit: MAX_REQUESTS };
  const approvals = useQuery({
    queryKey: ["open-approvals", state],
    queryFn: ({ signal }) => client.approval.list.query(list, { signal }),
    ...options,
  });
  const questions = useQuery({
    queryKey: ["open-questions", state],
    queryFn: ({ signal }) => client.question.list.query(list, { signal }),
    ...options,
  });
  const known = new Map(sessions.map((session) => [session.id, session]));
  const all = isWaiting
    ? [
        ...(approvals.data?.items ?? [])
          .filter((one) => one.state === "open")
          .map((one) => ({ at: one.createdAt, sessionId: one.sessionId, request: fromApproval(one) })),
        ...(questions.data?.items ?? [])
          .filter((one) => one.state === "open")
          .map((one) => ({ at: one.createdAt, sessionId: one.sessionId, request: fromStoredQuestion(one) })),
      ].toSorted((a, b) => a.at - b.at)
    : [];
  const strangers = [...new Set(all.map(({ sessionId }) => sessionId).filter((id) => !known.has(id)))];
  // Subagents' sessions are in no list. Whose they are never changes.
  const roots = useQueries({
    queries: strangers.map((sessionId) =>
      trpc.session.get.queryOptions({ sessionId }, { staleTime: Infinity }),
    ),
  });
  const rootOf = new Map(
    strangers.map((id, place) => [id, roots[place]?.data?.session.parent?.rootSessionId ?? null]),
  );
  const requests = all.map(({ sessionId, request }) => ({
    request,
    session: known.get(sessionId) ?? known.get(rootOf.get(sessionId) ?? "") ?? null,
    isSubagents: !known.has(sessionId),
  }));
  const failure = approvals.error ?? questions.error;
  return {
    requests,
    isLoading: isWaiting && (approvals.isLoading || questions.isLoading),
    error: failure === null || !isWaiting ? null : new Error(failure.message),
    retry: () => {
      void approvals.refetch();
      void questions.refetch();
    },
  };
}
