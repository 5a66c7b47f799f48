import type { TrunklineClient } from "@trunkline/client";
import type { McpServer } from "@trunkline/contract";
import { CommandError } from "../command-error.ts";
import { hints, type CommandContext } from "../commands/context.ts";
import { EXIT } from "../exit-code.ts";
import { projectNamed } from "../project/find-project.ts";

export interface McpPlace {
  project?: string;
}

/** @returns `{}` for the caller's own servers. @throws CommandError */
export async function placeOf(
  context: CommandContext,
  client: TrunklineClient,
  { project }: McpPlace,
): Promise<{ projectId?: string }> {
  if (project === undefined) return {};
  return { projectId: (await projectNamed(client, project, hints(context))).id };
}

/** @returns the project's server of this name; without a project the one that your sessions use. @throws CommandError */
export async function mcpServerNamed(
  context: CommandContext,
  client: TrunklineClient,
  name: string,
  place: McpPlace,
): Promise<McpServer> {
  const { items } = await client.mcp.list.query(await placeOf(context, client, place));
  const found = items.find(
    (server) => server.name === name && (place.project === undefined) === (server.level !== "project"),
  );
  if (found !== undefined) return found;
  const listing = ["mcp", "list", ...(place.project === undefined ? [] : ["--project", place.project])];
  throw new CommandError(
    EXIT.usage,
    `There is no MCP server '${name}'. List them: ${hints(context)(...listing)}.`,
  );
}
