import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../api/trpc.ts";

/** Who can run tasks; empty until it is known. */
export function useAgents() {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.agent.list.queryOptions(undefined, { staleTime: 300_000 }));
  return data?.agents ?? [];
}
