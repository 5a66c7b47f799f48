import { useInfiniteQuery } from "@tanstack/react-query";
import type { Session } from "@trunkline/contract";
import { useMemo } from "react";
import { useTRPCClient } from "../api/trpc.ts";
import { statusOfSession } from "./status.ts";

const PAGE_SIZE = 50;
/** How often the list is read anew, in ms: while something of it goes on, and otherwise. */
const BUSY_INTERVAL_MS = 3_000;
const IDLE_INTERVAL_MS = 15_000;

export interface Sessions {
  sessions: readonly Session[];
  isLoading: boolean;
  error: { message: string } | null;
  retry(): void;
  /** Reads further back; null where there is nothing more. */
  loadMore: (() => void) | null;
}

const NONE: readonly Session[] = [];

/** Under which the list is cached. */
export const SESSIONS_KEY = ["sessions"] as const;

/** The caller's sessions, newest first, kept up to date: the one place that knows how. */
export function useSessions(): Sessions {
  // Not the binding's own infinite query: it sends a field that the server's strict inputs refuse.
  const client = useTRPCClient();
  const query = useInfiniteQuery({
    queryKey: SESSIONS_KEY,
    queryFn: ({ pageParam, signal }) =>
      client.session.list.query({ limit: PAGE_SIZE, cursor: pageParam }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: ({ state }) => {
      const sessions = state.data?.pages.flatMap((page) => page.items) ?? [];
      return sessions.some(isBusy) ? BUSY_INTERVAL_MS : IDLE_INTERVAL_MS;
    },
    refetchOnWindowFocus: "always",
  });
  const pages = query.data?.pages;
  const sessions = useMemo(() => pages?.flatMap((page) => page.items) ?? NONE, [pages]);
  return {
    sessions,
    isLoading: query.isPending,
    error: pages === undefined ? query.error : null,
    retry: () => void query.refetch(),
    loadMore: query.hasNextPage && !query.isFetchingNextPage ? () => void query.fetchNextPage() : null,
  };
}

function isBusy(session: Session): boolean {
  return ["running", "queued", "needs-you"].includes(statusOfSession(session));
}
