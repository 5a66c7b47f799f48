import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../api/trpc.ts";

/** Who can run tasks; none until it is known. */
export function useAgents() {
  const trpc = useTRPC();
  const { data, isLoading } = useQuery(trpc.agent.list.queryOptions(undefined, { staleTime: 300_000 }));
  return { agents: data?.agents ?? [], isLoading };
}
