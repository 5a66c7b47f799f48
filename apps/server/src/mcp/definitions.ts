import type { StoredMcpServer, Store } from "../store/port.ts";
import type { McpDefinition, McpSecrets } from "./port.ts";

export interface DefinitionsDeps {
  store: Pick<Store, "mcpServers">;
  vault: { open<Credential extends object>(belongsTo: string, sealed: string): Promise<Credential> };
  operators: readonly McpDefinition[];
}

/** Finds the servers of somebody's sessions. */
export class Definitions {
  readonly #deps: DefinitionsDeps;

  constructor(deps: DefinitionsDeps) {
    this.#deps = deps;
  }

  get operators(): readonly McpDefinition[] {
    return this.#deps.operators;
  }

  /**
   * Those that a session can use. Where two have one name, the operator's comes first, then the user's own: nobody who
   * shares a project gets what somebody means to tell their own server.
   */
  async usable(places: { ownerId: string; projectId: string | null }): Promise<McpDefinition[]> {
    const stored = await this.#deps.store.mcpServers.of(places);
    const isOwn = ({ projectId }: StoredMcpServer): boolean => projectId === null;
    const inOrder = [
      ...this.operators,
      ...[...stored.filter(isOwn), ...stored.filter((server) => !isOwn(server))].map((server) =>
        this.ofStored(server),
      ),
    ];
    const byName = new Map<string, McpDefinition>();
    for (const server of inOrder) if (!byName.has(server.name)) byName.set(server.name, server);
    return [...byName.values()].filter(({ enabled }) => enabled);
  }

  ofStored(server: StoredMcpServer): McpDefinition {
    const { id, projectId, name, transport, enabled, trust, onlyTools, timeoutMs, revision, sealed } = server;
    return {
      id,
      level: projectId === null ? "user" : "project",
      name,
      transport,
      enabled,
      trust,
      onlyTools,
      timeoutMs,
      revision: String(revision),
      readOnly: [],
      mayBePrivate: false,
      secrets: async () => (sealed === null ? {} : this.#deps.vault.open<McpSecrets>(id, sealed)),
    };
  }

  /** Also where it is turned off. */
  async isKnown(serverId: string): Promise<boolean> {
    if (this.operators.some(({ id }) => id === serverId)) return true;
    return (await this.#deps.store.mcpServers.find(serverId)) !== undefined;
  }

  /** @returns the server as it is now; undefined if it is gone or turned off. */
  async current(serverId: string): Promise<McpDefinition | undefined> {
    const operators = this.operators.find(({ id }) => id === serverId);
    if (operators !== undefined) return operators.enabled ? operators : undefined;
    const stored = await this.#deps.store.mcpServers.find(serverId);
    return stored?.enabled === true ? this.ofStored(stored) : undefined;
  }
}
