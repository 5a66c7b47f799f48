import { useInfiniteQuery } from "@tanstack/react-query";
import { useTRPCClient } from "../api/trpc.ts";

/** Everything read of a session's workspace. */
export const workspaceKey = (sessionId: string) => ["workspace", sessionId] as const;

/** @param path empty: the workspace itself. */
export function useDirectory(sessionId: string, path: string) {
  const client = useTRPCClient();
  // Not the binding's infinite query: it sends a field that the server's strict inputs refuse.
  return useInfiniteQuery({
    queryKey: [...workspaceKey(sessionId), "list", path],
    queryFn: ({ pageParam, signal }) =>
      client.workspace.list.query(
        { sessionId, ...(path !== "" && { path }), ...(pageParam !== undefined && { cursor: pageParam }) },
        { signal },
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor,
  });
}
