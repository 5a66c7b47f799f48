import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "../api/trpc.ts";
import { reload } from "../api/reload.ts";
import { Button } from "../ui/button.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { KEPT } from "./kept.ts";
import { EMPTY_MCP_DRAFT, inputOfDraft } from "./mcp-draft.ts";
import { McpForm } from "./mcp-form.tsx";
import { McpServerRow } from "./mcp-server-row.tsx";
import { Note, Section } from "./section.tsx";

/** MCP servers: programs and services that give the agent further tools. */
export function McpSection() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const list = useQuery(trpc.mcp.list.queryOptions({}, { ...KEPT, refetchOnWindowFocus: true }));
  const [isMaking, setIsMaking] = useState(false);
  const refresh = (): void => {
    void reload(queries, trpc.mcp.list.queryKey());
    void reload(queries, trpc.mcp.get.queryKey());
  };
  const add = useMutation(
    trpc.mcp.add.mutationOptions({
      onSuccess: () => {
        setIsMaking(false);
        refresh();
      },
    }),
  );
  return (
    <Section
      title="MCP servers"
      action={
        !isMaking && (
          <Button size="small" onClick={() => setIsMaking(true)}>
            <Plus aria-hidden className="size-3.5" /> Add server
          </Button>
        )
      }
    >
      {isMaking && (
        <McpForm
          start={EMPTY_MCP_DRAFT}
          action="Add server"
          isSaving={add.isPending}
          error={add.error?.message ?? null}
          save={(draft) => add.mutate(inputOfDraft(draft))}
          close={() => {
            add.reset();
            setIsMaking(false);
          }}
        />
      )}
      {list.isPending && <Skeleton className="m-4 h-10" />}
      {list.isError && (
        <div role="alert" className="flex items-center gap-3 px-4 py-2.5 text-sm text-muted">
          <span className="grow">Couldn't load MCP servers. {list.error.message}</span>
          <Button size="small" onClick={() => void list.refetch()}>
            Retry
          </Button>
        </div>
      )}
      {list.data?.items.length === 0 && !isMaking && (
        <Note>No MCP servers. Add one to give your sessions more tools.</Note>
      )}
      {list.data?.items.map((server) => (
        <McpServerRow key={server.id} server={server} refresh={refresh} />
      ))}
    </Section>
  );
}
