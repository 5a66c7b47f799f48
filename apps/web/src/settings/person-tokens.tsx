import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { User } from "@trunkline/contract";
import { useTRPC } from "../api/trpc.ts";
import { reload } from "../api/reload.ts";
import { Button } from "../ui/button.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { useTokenRows } from "./use-token-rows.tsx";

/** Somebody's valid tokens, the newest first. */
export function PersonTokens({ user, invite }: { user: User; invite: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const query = trpc.token.list.queryOptions({ userId: user.id });
  const tokens = useQuery(query);
  const rows = useTokenRows(tokens.data?.items ?? [], () => void reload(queries, query.queryKey));
  return (
    <div className="mt-2 ml-3 border-l border-line">
      {tokens.isPending && <Skeleton className="mx-4 my-2 h-8" />}
      {tokens.isError && (
        <p role="alert" className="px-4 text-muted">
          Couldn't load tokens. {tokens.error.message}
        </p>
      )}
      {tokens.data?.items.length === 0 && (
        <p className="flex items-center gap-3 px-4 py-1 text-muted">
          No tokens
          <Button size="small" onClick={invite}>
            New invitation…
          </Button>
        </p>
      )}
      {rows}
      {typeof tokens.data?.nextCursor === "string" && (
        <p className="px-4 text-xs text-muted">
          Only the newest are shown. `trunkline token list` lists all.
        </p>
      )}
    </div>
  );
}
