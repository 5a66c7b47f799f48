import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { MAX_SEARCH_PAGE_SIZE, type SearchHit } from "@trunkline/contract";
import { useEffect } from "react";
import { useTRPCClient } from "../api/trpc.ts";
import { useCurrentSession, useSessionState } from "../session-stream/use-open-session.ts";
import { activeTask } from "../session/session-facts.ts";

/** How often a search is repeated while a task runs, in ms. */
const LOOK_MS = 3_000;

export interface SessionHits {
  /** Newest first. */
  hits: readonly SearchHit[];
  /** Whether there are more than these. */
  hasMore: boolean;
  /** Whether these are the hits of the text, and not yet of the one before. */
  isCurrent: boolean;
  loadMore(): void;
  isLoading: boolean;
  error: Error | null;
  retry(): void;
}

/** Events of the whole session that contain these words, loaded or not. */
export function useSessionHits(text: string): SessionHits {
  const client = useTRPCClient();
  const { sessionId } = useCurrentSession();
  const isRunning = useSessionState(({ view }) => activeTask(view) !== null);
  const isSearch = text !== "";
  const found = useInfiniteQuery({
    queryKey: ["search", sessionId, text],
    queryFn: ({ pageParam, signal }) =>
      client.search.query.query(
        { text, sessionId, limit: MAX_SEARCH_PAGE_SIZE, cursor: pageParam },
        { signal },
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    enabled: isSearch,
    placeholderData: keepPreviousData,
    refetchInterval: isRunning && LOOK_MS,
  });
  const { data, hasNextPage, isFetching, fetchNextPage } = found;
  const hits = isSearch ? (data?.pages.flatMap(({ items }) => items) ?? []) : [];
  // A page that ran out of time may be empty although there is more.
  const isShort = isSearch && hits.length === 0 && hasNextPage && !isFetching;
  useEffect(() => {
    if (isShort) void fetchNextPage();
  }, [isShort, fetchNextPage]);
  return {
    hits,
    hasMore: isSearch && hasNextPage,
    isCurrent: isSearch && !found.isPlaceholderData,
    loadMore: () => {
      if (!isFetching) void fetchNextPage();
    },
    isLoading: isSearch && (found.isPending || isShort || (isFetching && hits.length === 0)),
    error: isSearch && data === undefined ? found.error : null,
    retry: () => void found.refetch(),
  };
}
