import type { Tool, ToolSession, ToolSource } from "../tools/port.ts";
import type { StoreImage } from "./call-result.ts";
import type { Connections } from "./connections.ts";
import type { Definitions } from "./definitions.ts";
import { mcpTools } from "./mcp-tools.ts";
import type { McpCatalog, McpDefinition } from "./port.ts";
import { resourceTools } from "./resource-tools.ts";
import { ServerUse } from "./server-use.ts";
import type { SupervisedServer } from "./supervised-server.ts";
import { plainName } from "./tool-names.ts";

/** How long a step waits for a server that is starting, in ms; later steps find its tools. */
const START_WAIT_MS = 15_000;

export interface McpToolSourceDeps {
  builtIn: ToolSource;
  definitions: Pick<Definitions, "usable">;
  connections: Pick<Connections, "use">;
  projectIdOf: (session: { sessionId: string; ownerId: string }) => Promise<string | null>;
  /** @returns a tool whose results hold neither the server's secrets nor these. */
  redacted: (tool: Tool, values: readonly string[]) => Tool;
  storeImageFor: (ownerId: string) => StoreImage;
  startWaitMs?: number;
}

/** Adds the tools of MCP servers to the built-in ones, which none of them can hide or imitate. */
export function withMcpTools(deps: McpToolSourceDeps): ToolSource {
  const { builtIn, startWaitMs = START_WAIT_MS } = deps;
  const known = new WeakMap<McpCatalog, Promise<readonly Tool[]>>();

  const toolsOfServer = async (
    ownerId: string,
    server: SupervisedServer,
    catalog: McpCatalog,
  ): Promise<readonly Tool[]> => {
    // The same objects as long as the server says the same.
    const tools = known.get(catalog) ?? buildTools(deps, ownerId, server, catalog);
    known.set(catalog, tools);
    return tools;
  };

  return {
    async toolsOf(session, signal = NEVER) {
      const own = await builtIn.toolsOf(session, signal);
      const servers = await serversOf(deps, session);
      if (servers.length === 0) return own;
      const found = await Promise.all(
        servers.map(async (server) => ({ server, catalog: await server.offers(signal, startWaitMs) })),
      );
      signal.throwIfAborted();
      const names = new Set(own.map(({ name }) => plainName(name)));
      const offering = found.flatMap(({ server, catalog }) =>
        catalog === null ? [] : [{ server, catalog }],
      );
      const lists = await Promise.all(
        offering.map(async ({ server, catalog }) => toolsOfServer(session.ownerId, server, catalog)),
      );
      const tools = lists.flat().filter(({ name }) => !names.has(plainName(name)));
      return [
        ...own,
        ...tools,
        ...resourceTools(offering.map(({ server }) => useOf(deps, session.ownerId, server))),
      ];
    },
  };
}

const NEVER = new AbortController().signal;

async function serversOf(
  { definitions, connections, projectIdOf }: McpToolSourceDeps,
  { sessionId, ownerId }: ToolSession,
): Promise<SupervisedServer[]> {
  const projectId = await projectIdOf({ sessionId, ownerId });
  const usable: McpDefinition[] = await definitions.usable({ ownerId, projectId });
  return usable.flatMap((definition) => connections.use(ownerId, definition) ?? []);
}

function useOf({ storeImageFor }: McpToolSourceDeps, ownerId: string, server: SupervisedServer): ServerUse {
  return new ServerUse(server, storeImageFor(ownerId));
}

async function buildTools(
  deps: McpToolSourceDeps,
  ownerId: string,
  server: SupervisedServer,
  catalog: McpCatalog,
): Promise<readonly Tool[]> {
  const { values = {} } = await server.definition.secrets();
  const tools = mcpTools(useOf(deps, ownerId, server), catalog);
  return tools.map((tool) => deps.redacted(tool, Object.values(values)));
}
