import { useQuery } from "@tanstack/react-query";
import { MAX_WORKSPACE_PAGE_SIZE } from "@trunkline/contract";
import { useTRPCClient } from "../api/trpc.ts";
import { workspaceKey } from "../files/use-directory.ts";
import { type Choice, type Commands, commandChoices } from "./command.ts";
import { fileChoices } from "./file-choices.ts";
import { splitPath, type Trigger } from "./trigger.ts";

export interface CompletionSources {
  /** Whose files `@` finds; null: nobody's. */
  sessionId: string | null;
  commands: Commands;
}

export interface Choices {
  choices: readonly Choice[];
  /** Whether there may be more. */
  isLoading: boolean;
}

export function useChoices(trigger: Trigger | null, { sessionId, commands }: CompletionSources): Choices {
  const client = useTRPCClient();
  const { folder, rest } = splitPath(trigger?.kind === "file" ? trigger.query : "");
  const { data, isLoading } = useQuery({
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
  if (trigger === null) return { choices: [], isLoading: false };
  return trigger.kind === "command"
    ? { choices: commandChoices(commands.commands, trigger.query), isLoading: commands.isLoading }
    : { choices: fileChoices(data?.items ?? [], rest), isLoading };
}
