import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../api/trpc.ts";

/** The models of the server's providers. The server itself asks them once a minute. Kept, as projects are (use-projects.ts). */
export function useModels() {
  const trpc = useTRPC();
  return useQuery(trpc.model.list.queryOptions(undefined, { staleTime: 60_000, gcTime: Infinity }));
}
