import type { ToolEffect } from "@trunkline/contract";
import { z } from "zod";
import type { Tool } from "../tools/port.ts";
import { cleanText } from "./clean-text.ts";
import type { McpCatalog, McpDefinition, McpToolDefinition } from "./port.ts";
import type { ServerUse } from "./server-use.ts";
import { toolNameOf } from "./tool-names.ts";

const AnyInput = z.record(z.string(), z.json());

/** What the tools of a server are to the model. */
export function mcpTools(use: ServerUse, catalog: McpCatalog): Tool[] {
  const { definition } = use;
  const { onlyTools } = definition;
  return catalog.tools
    .filter(({ name }) => onlyTools === null || onlyTools.includes(name))
    .map((tool) => mcpTool(use, definition, tool));
}

function mcpTool(
  use: ServerUse,
  definition: McpDefinition,
  tool: McpToolDefinition,
): Tool<z.infer<typeof AnyInput>> {
  const { name: server } = definition;
  return {
    name: toolNameOf(server, tool.name),
    description: `[MCP server ${server}] ${tool.description}`.trim(),
    inputSchema: AnyInput,
    jsonSchema: tool.inputSchema,
    kind: "other",
    title: (input) => cleanText(`${server}: ${tool.name} ${JSON.stringify(input)}`, 300),
    effects: effectsOf(definition, tool),
    revision: tool.digest,
    mayAsk: true,
    execute: (input, context) => use.callTool(tool.name, input, context),
  };
}

/** Whatever a server says of itself, what it returns are a stranger's words. */
function effectsOf(
  { trust }: McpDefinition,
  { onlyReads, isOpenWorld }: McpToolDefinition,
): readonly ToolEffect[] {
  if (trust === "none") return ["third-party", "writes-outside", "egress", "reads-untrusted"];
  if (onlyReads) return isOpenWorld ? ["egress", "reads-untrusted"] : ["reads-untrusted"];
  return ["writes-outside", "egress", "reads-untrusted"];
}
