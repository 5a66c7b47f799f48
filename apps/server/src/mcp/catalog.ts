import { createHash } from "node:crypto";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { RequestOptions } from "@modelcontextprotocol/sdk/shared/protocol.js";
import {
  ErrorCode,
  McpError,
  type Prompt,
  PromptSchema,
  type Resource,
  ResourceSchema,
  type Tool,
  ToolSchema,
} from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
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

/**
 * What a server lists is taken one by one: whatever is not as MCP has it is left out, and the rest works.
 * @throws what the server answers if it can't say which tools it has, or that it does not answer.
 */
export async function readCatalog(client: Client, options: RequestOptions): Promise<McpCatalog> {
  const offers = client.getServerCapabilities() ?? {};
  const lists = new Lists(client, options);
  const tools = offers.tools === undefined ? [] : await lists.read("tools", ToolSchema);
  const resources =
    offers.resources === undefined ? [] : await lists.readIfThere("resources", ResourceSchema);
  const prompts = offers.prompts === undefined ? [] : await lists.readIfThere("prompts", PromptSchema);
  const checked = checkTools(tools);
  return {
    tools: checked.tools,
    omitted: [...lists.omitted, ...checked.omitted],
    resources: resources.map(toResource),
    prompts: prompts.map(toPrompt),
    instructions: cleanText(client.getInstructions() ?? "", CATALOG_LIMITS.descriptionLength),
  };
}

type ListName = "tools" | "resources" | "prompts";

class Lists {
  readonly omitted: { name: string; reason: string }[] = [];
  readonly #client: Client;
  readonly #options: RequestOptions;

  constructor(client: Client, options: RequestOptions) {
    this.#client = client;
    this.#options = options;
  }

  /** @throws what the server answers instead of a list. */
  async read<Item>(what: ListName, schema: z.ZodType<Item>): Promise<Item[]> {
    // One more than is kept, which tells that there are more.
    const limit = CATALOG_LIMITS[what] + 1;
    const all: Item[] = [];
    let cursor: string | undefined;
    for (let pages = 0; pages < CATALOG_LIMITS.pages && all.length < limit; pages++) {
      const { items, nextCursor } = await this.#page(what, cursor);
      for (const item of items.slice(0, limit - all.length)) {
        const parsed = schema.safeParse(tidied(item, what));
        if (parsed.success) all.push(parsed.data);
        else this.#omit(nameOf(item), `it is not as MCP describes ${what}: ${firstFault(parsed.error)}`);
      }
      if (nextCursor === undefined) break;
      cursor = nextCursor;
    }
    return all;
  }

  /** Servers promise lists that they don't have. */
  async readIfThere<Item>(what: ListName, schema: z.ZodType<Item>): Promise<Item[]> {
    try {
      return (await this.read(what, schema)).slice(0, CATALOG_LIMITS[what]);
    } catch (error) {
      if (!(error instanceof McpError || error instanceof NoList)) throw error;
      if (error instanceof McpError && isLost(error)) throw error;
      this.#omit(`${what}/list`, error.message);
      return [];
    }
  }

  // By `request`, not by the client's own methods: they compile what the server says of its results, at its price.
  async #page(what: ListName, cursor: string | undefined): Promise<z.infer<typeof Page>> {
    const request = { method: `${what}/list` as const, params: cursor === undefined ? {} : { cursor } };
    const answer = await this.#client.request(request, z.looseObject({}), this.#options);
    const page = Page.safeParse({ items: answer[what], nextCursor: answer["nextCursor"] ?? undefined });
    if (!page.success)
      throw new NoList(`It answers ${what}/list with something other than a list of ${what}`);
    return page.data;
  }

  #omit(name: string, reason: string): void {
    if (this.omitted.length < MAX_OMITTED) this.omitted.push({ name, reason: cleanText(reason, 300) });
  }
}

/**
 * What many servers leave to be understood: null for what is absent, no schema or one without a type for "an object".
 * What the results look like is not read, so it need not be right.
 */
function tidied(item: unknown, what: ListName): unknown {
  if (!isObject(item)) return item;
  const given: Record<string, unknown> = Object.fromEntries(
    Object.entries(item).filter(([key, value]) => value !== null && key !== "outputSchema"),
  );
  if (what !== "tools") return given;
  const schema = given["inputSchema"] ?? {};
  return { ...given, inputSchema: isObject(schema) ? { type: "object", ...schema } : schema };
}

const Page = z.object({ items: z.array(z.unknown()), nextCursor: z.string().optional() });

const MAX_OMITTED = 100;

class NoList extends Error {}

const LOST: readonly number[] = [ErrorCode.ConnectionClosed, ErrorCode.RequestTimeout];

/** The connection has gone, or nobody answers on it. */
function isLost({ code }: McpError): boolean {
  return LOST.includes(code);
}

function nameOf(item: unknown): string {
  const name = isObject(item) ? item["name"] : undefined;
  return typeof name === "string" ? cleanText(name, 100) : "without a name";
}

function firstFault({ issues: [first] }: z.ZodError): string {
  return first === undefined ? "" : `${first.path.join(".")}: ${first.message}`;
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

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
