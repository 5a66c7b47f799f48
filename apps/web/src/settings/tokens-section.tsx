import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import type { CreatedToken } from "@trunkline/contract";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useTRPC, useTRPCClient } from "../api/trpc.ts";
import { reload } from "../api/reload.ts";
import { Button } from "../ui/button.tsx";
import { NewSecret } from "./new-secret.tsx";
import { NewTokenForm } from "./new-token-form.tsx";
import { PagedRows } from "./paged-rows.tsx";
import { Section } from "./section.tsx";
import { useTokenRows } from "./use-token-rows.tsx";

const TOKENS_KEY = ["tokens"] as const;

/** The caller's tokens: the valid ones, a newly created one, and buttons to revoke. */
export function TokensSection() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queries = useQueryClient();
  const me = useQuery(trpc.user.me.queryOptions());
  // Not the binding's infinite query: it sends a field that the server's strict inputs refuse.
  const list = useInfiniteQuery({
    queryKey: TOKENS_KEY,
    queryFn: ({ pageParam, signal }) => client.token.list.query({ cursor: pageParam }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor,
  });
  const [isMaking, setIsMaking] = useState(false);
  const [created, setCreated] = useState<CreatedToken | null>(null);
  const refresh = (): void => void reload(queries, TOKENS_KEY);
  const rows = useTokenRows(list.data?.pages.flatMap((page) => page.items) ?? [], ({ id }) => {
    refresh();
    setCreated((shown) => (shown?.token.id === id ? null : shown));
  });
  return (
    <Section
      title="Tokens"
      action={
        !isMaking && (
          <Button size="small" onClick={() => setIsMaking(true)}>
            <Plus aria-hidden className="size-3.5" /> New token
          </Button>
        )
      }
    >
      {isMaking && (
        <NewTokenForm
          most={me.data?.scopes ?? []}
          close={() => setIsMaking(false)}
          onCreated={(made) => {
            setIsMaking(false);
            setCreated(made);
            refresh();
          }}
        />
      )}
      {created !== null && <NewSecret created={created} close={() => setCreated(null)} />}
      <PagedRows list={list} what="tokens">
        {rows}
      </PagedRows>
    </Section>
  );
}
