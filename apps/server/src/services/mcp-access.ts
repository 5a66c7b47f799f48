import { type Principal, TrunklineError } from "@trunkline/contract";
import type { McpDefinition, McpServers } from "../mcp/port.ts";
import type { StoredMcpServer, Store } from "../store/port.ts";
import { requireOwnProject, requireProject } from "./project-access.ts";

/** A server that the caller may see. `stored`: null for the operator's. */
export interface FoundMcpServer {
  definition: McpDefinition;
  stored: StoredMcpServer | null;
}

/** Who may see and change an MCP server: its user, whoever can use its project, and everybody the operator's. */
export function createMcpAccess({
  store,
  servers,
}: {
  store: Pick<Store, "mcpServers" | "projects">;
  servers: Pick<McpServers, "operators" | "ofStored">;
}) {
  const found = (stored: StoredMcpServer): FoundMcpServer => ({
    definition: servers.ofStored(stored),
    stored,
  });

  /** @throws TrunklineError `not_found` */
  async function requireServer(principal: Principal, serverId: string): Promise<FoundMcpServer> {
    const operators = servers.operators().find(({ id }) => id === serverId);
    if (operators !== undefined) return { definition: operators, stored: null };
    const server = await store.mcpServers.find(serverId);
    const gone = new TrunklineError("not_found", `There is no MCP server ${serverId}`);
    if (server === undefined) throw gone;
    if (server.projectId === null) {
      if (server.ownerId !== principal.userId) throw gone;
    } else {
      await requireProject(store, principal, server.projectId).catch(() => {
        throw gone;
      });
    }
    return found(server);
  }

  return {
    found,
    require: requireServer,

    /** @throws TrunklineError `not_found`; `forbidden` */
    async requireOwn(principal: Principal, serverId: string): Promise<StoredMcpServer> {
      const { stored } = await requireServer(principal, serverId);
      if (stored === null) {
        throw new TrunklineError(
          "forbidden",
          "The operator set up this MCP server, in trunkline.config.json: only there can it be changed",
        );
      }
      if (stored.projectId !== null) await requireOwnProject(store, principal, stored.projectId);
      return stored;
    },

    async canChange(principal: Principal, { stored }: FoundMcpServer): Promise<boolean> {
      if (stored === null) return false;
      if (stored.projectId === null) return true;
      return requireOwnProject(store, principal, stored.projectId).then(
        () => true,
        () => false,
      );
    },
  };
}
