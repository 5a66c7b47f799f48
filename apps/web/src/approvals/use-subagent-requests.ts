import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTRPC } from "../api/trpc.ts";
import { useCurrentSession, useSessionState } from "../session-stream/use-open-session.ts";
import { activeTask } from "../session/session-facts.ts";
import { fromApproval, fromStoredQuestion, type OpenApproval } from "./open-approvals.ts";

/** Their events are on the streams of other sessions: how often to look while a task waits for subagents, in ms. */
const LOOK_MS = 2_000;

/** What the subagents of the session's task wait for, oldest first. */
export function useSubagentRequests(): readonly OpenApproval[] {
  const trpc = useTRPC();
  const { sessionId } = useCurrentSession();
  const waits = useSessionState(({ view }) => activeTask(view)?.reason === "child");
  const options = { enabled: waits, refetchInterval: LOOK_MS, placeholderData: keepPreviousData };
  const { data } = useQuery(trpc.session.get.queryOptions({ sessionId }, options));
  return useMemo(() => {
    if (!waits || data === undefined) return [];
    const others = <Request extends { sessionId: string; createdAt: number }>(requests: readonly Request[]) =>
      requests
        .filter((request) => request.sessionId !== sessionId)
        .toSorted((a, b) => a.createdAt - b.createdAt);
    return [...others(data.approvals).map(fromApproval), ...others(data.questions).map(fromStoredQuestion)];
  }, [waits, data, sessionId]);
}
