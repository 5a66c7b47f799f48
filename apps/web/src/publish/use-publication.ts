import { useQuery } from "@tanstack/react-query";
import type { Publication } from "@trunkline/contract";
import { useTRPCClient } from "../api/trpc.ts";

export const publicationKey = (sessionId: string) => ["publication", sessionId] as const;

/** How old what was read may be before it is read again, in ms. */
const STALE_MS = 30_000;
/** Forges limit how often one may ask: while checks run, and while a request is open, in ms. */
const CHECKS_MS = 30_000;
const OPEN_MS = 120_000;

function refreshMs({ checks, request }: Publication): number | false {
  if (checks.some(({ state }) => state === "pending")) return CHECKS_MS;
  return request?.state === "open" && OPEN_MS;
}

/** What became of what the session published last, read again while it may change. */
export function usePublication(sessionId: string, isWanted: boolean) {
  const client = useTRPCClient();
  return useQuery({
    queryKey: publicationKey(sessionId),
    queryFn: ({ signal }) => client.session.publication.query({ sessionId }, { signal }),
    enabled: isWanted,
    staleTime: STALE_MS,
    refetchInterval: ({ state }) => state.data !== undefined && refreshMs(state.data),
  });
}
