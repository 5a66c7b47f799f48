import { useQuery } from "@tanstack/react-query";
import type { SessionEvent } from "@trunkline/contract";
import { useTRPCClient } from "../api/trpc.ts";
import { useCurrentSession } from "../session-stream/use-open-session.ts";

/** One event of the session, loaded or not; null if there is none with this seq. */
export function useOneEvent(seq: number | null, known: SessionEvent | null) {
  const client = useTRPCClient();
  const { sessionId } = useCurrentSession();
  const { data, error, refetch } = useQuery({
    queryKey: ["event", sessionId, seq],
    queryFn: async ({ signal }) => {
      const after = Math.max(0, (seq ?? 1) - 1);
      const page = await client.session.events.query({ sessionId, after, limit: 1 }, { signal });
      return page.events.find((event) => event.seq === seq) ?? null;
    },
    enabled: seq !== null && known === null,
    staleTime: Infinity,
  });
  return { event: known ?? data ?? null, isMissing: known === null && data === null, error, retry: refetch };
}
