import { useQuery } from "@tanstack/react-query";
import type { Project } from "@trunkline/contract";
import { useTRPCClient } from "../api/trpc.ts";

export const PROJECTS_KEY = ["projects"] as const;
const PAGE_SIZE = 200;
/** Nobody chooses among more; each page is one call. */
const MAX_PROJECTS = 2_000;

/** The caller's projects and shared ones, by name. */
export function useProjects({ enabled = true }: { enabled?: boolean } = {}) {
  const client = useTRPCClient();
  return useQuery({
    queryKey: PROJECTS_KEY,
    queryFn: async ({ signal }) => {
      const projects: Project[] = [];
      let cursor: string | null = null;
      do {
        const input: { limit: number; cursor?: string } = {
          limit: PAGE_SIZE,
          ...(cursor !== null && { cursor }),
        };
        const page = await client.project.list.query(input, { signal });
        projects.push(...page.items);
        cursor = page.nextCursor;
      } while (cursor !== null && projects.length < MAX_PROJECTS);
      return projects.toSorted((a, b) => a.name.localeCompare(b.name));
    },
    staleTime: 30_000,
    // Forms are written on them while the settings are not shown (settings/kept-settings.tsx).
    gcTime: Infinity,
    enabled,
  });
}

/** A project's name; null while unknown, or if it was deleted. */
export function useProjectName(projectId: string | null): string | null {
  const { data } = useProjects({ enabled: projectId !== null });
  return data?.find(({ id }) => id === projectId)?.name ?? null;
}
