import { useQuery } from "@tanstack/react-query";
import { MAX_WORKSPACE_PAGE_SIZE } from "@trunkline/contract";
import { useTRPCClient } from "../api/trpc.ts";
import { workspaceKey } from "../files/use-directory.ts";
import { type Choice, type Command, commandChoices } from "./command.ts";
import { fileChoices } from "./file-choices.ts";
import { splitPath, type Trigger } from "./trigger.ts";

/** @param sessionId whose files; null: there are none */
export function useChoices(
  trigger: Trigger | null,
  { sessionId, commands }: { sessionId: string | null; commands: readonly Command[] },
): readonly Choice[] {
  const client = useTRPCClient();
  const { folder, rest } = splitPath(trigger?.kind === "file" ? trigger.query : "");
  const { data } = useQuery({
    queryKey: [...workspaceKey(sessionId ?? ""), "complete", folder],
    queryFn: ({ signal }) =>
      client.workspace.list.query(
        {
          sessionId: sessionId ?? "",
          limit: MAX_WORKSPACE_PAGE_SIZE,
          ...(folder !== "" && { path: folder }),
        },
        { signal },
      ),
    enabled: sessionId !== null && trigger?.kind === "file",
    retry: false,
  });
  if (trigger === null) return [];
  return trigger.kind === "command"
    ? commandChoices(commands, trigger.query)
    : fileChoices(data?.items ?? [], rest);
}
