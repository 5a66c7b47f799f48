import { join } from "node:path";
import { TrunklineError } from "@trunkline/contract";
import { removeDirectory } from "../common/remove-directory.ts";
import type { StoreImage } from "./call-result.ts";
import type { Authorizations } from "./authorization/authorizations.ts";
import type { Connections } from "./connections.ts";
import type { Definitions } from "./definitions.ts";
import type { Destinations } from "./destinations.ts";
import { MCP_CALLBACK_PATH, type McpServers, type McpStatus } from "./port.ts";
import { ServerUse } from "./server-use.ts";
import { toolNameOf } from "./tool-names.ts";

const IDLE: McpStatus = { state: "idle", message: null, retryAt: null, catalog: null, log: "" };
const TOO_MANY: McpStatus = {
  ...IDLE,
  state: "failed",
  message: "Too many MCP servers are in use on this server; try again later",
};

/** How long somebody who looks at a server waits for what it offers now, in ms; then for what it offered before. */
const LOOK_WAIT_MS = 5_000;

/** What services do with MCP servers. @param options.directory below it programs have theirs. */
export function createMcpServers(options: {
  definitions: Definitions;
  connections: Connections;
  destinations: Destinations;
  authorizations: Authorizations;
  /** Whether browsers reach this server at that origin. */
  isOwnOrigin: (origin: string) => boolean;
  /** Before all paths: `/agents`, or nothing. */
  basePath: string;
  directory: string;
  storeImageFor: (ownerId: string) => StoreImage;
}): McpServers {
  const { definitions, connections, destinations, authorizations, directory, storeImageFor } = options;
  return {
    operators: () => definitions.operators,
    ofStored: (server) => definitions.ofStored(server),
    checkUrl: (url) => destinations.check(url),
    toolNameOf,

    status(userId, definition) {
      const server = connections.find(userId, definition.id);
      return server?.definition.revision === definition.revision ? server.status() : IDLE;
    },

    async connect(userId, definition, signal) {
      const server = connections.use(userId, definition);
      const live = await server?.ready(signal, { now: true });
      // So that the status tells what it offers now; where that takes too long, what it offered before.
      if (live !== null && live !== undefined)
        await server?.offers(signal, LOOK_WAIT_MS).catch(() => undefined);
    },

    disconnect: async (serverId, userId) => connections.forget(serverId, userId),

    async forget(serverId) {
      await connections.forget(serverId);
      await removeDirectory(join(directory, serverId));
    },

    async authorize(userId, definition, { origin, browser, audit }) {
      if (!options.isOwnOrigin(origin)) {
        throw new TrunklineError(
          "validation_failed",
          `Browsers are not sent back to ${origin}. Add it to TRUNKLINE_ALLOWED_ORIGINS, or use the address of this server`,
        );
      }
      const redirectUrl = `${origin}${options.basePath}${MCP_CALLBACK_PATH}`;
      return {
        ...(await authorizations.begin(userId, definition, { redirectUrl, browser, audit })),
        redirectUrl,
      };
    },

    finishAuthorization: async (userId, answer, finishing) =>
      authorizations.finish(userId, answer, finishing),

    revoke: async (definition) => authorizations.revoke(definition),

    async prompt(userId, definition, { name, input, signal }) {
      const server = connections.use(userId, definition);
      if (server === null) throw new TrunklineError("mcp_failed", TOO_MANY.message ?? "");
      const use = new ServerUse(server, storeImageFor(userId));
      try {
        return await use.getPrompt(name, input, { signal });
      } catch (error) {
        throw new TrunklineError("mcp_failed", error instanceof Error ? error.message : String(error), {
          cause: error,
        });
      }
    },
  };
}
