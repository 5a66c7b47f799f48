import { createHash } from "node:crypto";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { RequestOptions } from "@modelcontextprotocol/sdk/shared/protocol.js";
import {
  ListPromptsResultSchema,
  ListResourcesResultSchema,
  ListToolsResultSchema,
  type Prompt,
  type Resource,
  type Tool,
} from "@modelcontextprotocol/sdk/types.js";
import { cleanText } from "./clean-text.ts";
import type { McpCatalog, McpPrompt, McpResource, McpToolDefinition } from "./port.ts";

/** What is kept of a server's lists: the model reads all of it before each step. */
const CATALOG_LIMITS = {
  tools: 128,
  descriptionLength: 4_000,
  schemaLength: 20_000,
  schemaDepth: 20,
  /** Of all tools together. */
  totalLength: 200_000,
  resources: 500,
  prompts: 100,
  pages: 20,
} as const;

/** @throws what the server answers, or that it does not. */
export async function readCatalog(client: Client, options: RequestOptions): Promise<McpCatalog> {
  const offers = client.getServerCapabilities() ?? {};
  const tools = offers.tools === undefined ? [] : await readTools(client, options);
  const resources = offers.resources === undefined ? [] : await readResources(client, options);
  const prompts = offers.prompts === undefined ? [] : await readPrompts(client, options);
  return {
    ...checkTools(tools),
    resources: resources.map(toResource),
    prompts: prompts.map(toPrompt),
    instructions: cleanText(client.getInstructions() ?? "", CATALOG_LIMITS.descriptionLength),
  };
}

// By `request`, not by the client's own methods: they compile what the server says of its results, at its price.
const readTools = async (client: Client, options: RequestOptions): Promise<Tool[]> =>
  allPages(CATALOG_LIMITS.tools + 1, async (params) => {
    const page = await client.request({ method: "tools/list", params }, ListToolsResultSchema, options);
    return { items: page.tools, nextCursor: page.nextCursor };
  });
const readResources = async (client: Client, options: RequestOptions): Promise<Resource[]> =>
  allPages(CATALOG_LIMITS.resources, async (params) => {
    const page = await client.request(
      { method: "resources/list", params },
      ListResourcesResultSchema,
      options,
    );
    return { items: page.resources, nextCursor: page.nextCursor };
  });
const readPrompts = async (client: Client, options: RequestOptions): Promise<Prompt[]> =>
  allPages(CATALOG_LIMITS.prompts, async (params) => {
    const page = await client.request({ method: "prompts/list", params }, ListPromptsResultSchema, options);
    return { items: page.prompts, nextCursor: page.nextCursor };
  });

async function allPages<Item>(
  limit: number,
  read: (params: { cursor?: string }) => Promise<{ items: Item[]; nextCursor: string | undefined }>,
): Promise<Item[]> {
  const all: Item[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < CATALOG_LIMITS.pages && all.length < limit; pages++) {
    const { items, nextCursor } = await read(cursor === undefined ? {} : { cursor });
    all.push(...items.slice(0, limit - all.length));
    if (nextCursor === undefined) break;
    cursor = nextCursor;
  }
  return all;
}

/** Keeps those within bounds; of two with one name, the first. */
function checkTools(listed: readonly Tool[]): Pick<McpCatalog, "tools" | "omitted"> {
  const tools = new Map<string, McpToolDefinition>();
  const omitted: { name: string; reason: string }[] = [];
  let total = 0;
  for (const [index, tool] of listed.entries()) {
    const definition = toDefinition(tool);
    const length =
      typeof definition === "string"
        ? 0
        : definition.description.length + JSON.stringify(definition.inputSchema).length;
    const reason =
      index >= CATALOG_LIMITS.tools
        ? `the server has more than ${CATALOG_LIMITS.tools} tools`
        : typeof definition === "string"
          ? definition
          : tools.has(tool.name)
            ? "another tool has this name"
            : total + length > CATALOG_LIMITS.totalLength
              ? "the server's tools take too much room together"
              : null;
    if (reason !== null || typeof definition === "string") {
      omitted.push({ name: cleanText(tool.name, 100), reason: reason ?? "" });
      continue;
    }
    total += length;
    tools.set(tool.name, definition);
  }
  return { tools: [...tools.values()], omitted };
}

/** @returns why it is left out, if it is. */
function toDefinition({ name, title, description = "", inputSchema, annotations = {} }: Tool) {
  if (name === "" || name.length > 200) return "its name is empty or too long";
  const { $schema: _dialect, ...schema } = inputSchema;
  if (!isShallow(schema, CATALOG_LIMITS.schemaDepth)) return "its schema is nested too deep";
  if (JSON.stringify(schema).length > CATALOG_LIMITS.schemaLength) return "its schema is too long";
  const said = JSON.stringify([name, title, description, schema, annotations]);
  return {
    name,
    description: cleanText(description, CATALOG_LIMITS.descriptionLength),
    inputSchema: cleanSchema(schema) as Record<string, unknown>,
    // Unless it says otherwise, it writes, and reaches the world (MCP, "ToolAnnotations").
    onlyReads: annotations.readOnlyHint === true,
    isOpenWorld: annotations.openWorldHint !== false,
    digest: createHash("sha256").update(said).digest("hex").slice(0, 12),
  };
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((item) => isShallow(item, levels - 1));
}

/** Its descriptions are read by the model as well. */
function cleanSchema(value: unknown): unknown {
  if (typeof value === "string") return cleanText(value, CATALOG_LIMITS.descriptionLength);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(cleanSchema);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cleanSchema(item)]));
}

function toResource({ uri, name, description = "", mimeType }: Resource): McpResource {
  return {
    uri: cleanText(uri, 2_000),
    name: cleanText(name, 200),
    description: cleanText(description, 500),
    mimeType: mimeType === undefined ? null : cleanText(mimeType, 200),
  };
}

function toPrompt({ name, description = "", arguments: given = [] }: Prompt): McpPrompt {
  return {
    name,
    description: cleanText(description, 500),
    arguments: given.slice(0, 50).map((argument) => ({
      name: argument.name,
      description: cleanText(argument.description ?? "", 500),
      required: argument.required === true,
    })),
  };
}
