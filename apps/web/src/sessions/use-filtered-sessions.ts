import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useDeferredValue, useEffect, useEffectEvent } from "react";
import { reload } from "../api/reload.ts";
import { useTRPC } from "../api/trpc.ts";
import { filterSessions, type SessionFilter } from "./filter-sessions.ts";
import { type Sessions, useSessionMoves, useSessions } from "./use-sessions.ts";

const MAX_FOUND = 100;

/** The rail's sessions. Titles and archived ones are looked up on the server, which has all of them; the rest is filtered here. */
export function useFilteredSessions(filter: SessionFilter): Sessions {
  const trpc = useTRPC();
  const listed = useSessions();
  const text = useDeferredValue(filter.text.trim());
  const isLookup = text !== "" || filter.status === "archived";
  const query = trpc.session.list.queryOptions(
    { ...(text !== "" && { query: text }), archived: filter.status === "archived", limit: MAX_FOUND },
    { enabled: isLookup, placeholderData: keepPreviousData },
  );
  const found = useQuery(query);
  const queries = useQueryClient();
  const lookAgain = useEffectEvent(() => {
    if (isLookup) void reload(queries, query.queryKey);
  });
  const moves = useSessionMoves();
  useEffect(() => lookAgain(), [moves]);
  if (!isLookup) return { ...listed, sessions: filterSessions(listed.sessions, filter) };
  const live = new Map(listed.sessions.map((session) => [session.id, session]));
  const current = (found.data?.items ?? [])
    // The list is live, what was found is not.
    .map((session) => (filter.status === "archived" ? session : (live.get(session.id) ?? session)))
    .filter(({ id }) => filter.status !== "archived" || !live.has(id));
  return {
    sessions: filterSessions(current, filter),
    isLoading: found.isPending,
    error: found.error === null ? null : new Error(found.error.message),
    retry: () => void found.refetch(),
    loadMore: null,
  };
}
