import type { Logger } from "pino";
import type { Definitions } from "./definitions.ts";
import type { McpDefinition } from "./port.ts";
import type { OpenTransport } from "./open-transport.ts";
import { SupervisedServer, type SupervisedServerDeps } from "./supervised-server.ts";

/** A server that nobody has used for so long is ended, in ms. */
const IDLE_MS = 900_000;
/** How often that, and what other nodes have changed, is looked after. */
const SWEEP_MS = 30_000;

/** Of one user; and of all on this node, of which whoever has most makes room for others. */
const MAX_PER_OWNER = 64;
const MAX_SERVERS = 512;

interface Connection {
  ownerId: string;
  server: SupervisedServer;
}

export interface ConnectionsDeps extends Omit<SupervisedServerDeps, "openTransport"> {
  definitions: Definitions;
  openTransportFor: (ownerId: string) => OpenTransport;
  logger: Logger;
}

/** This node's connections: one for each user and server, so that no server mixes what it is told by two users. */
export class Connections {
  readonly #deps: ConnectionsDeps;
  readonly #servers = new Map<string, Connection>();
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: ConnectionsDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.sweep().catch((error: unknown) =>
        this.#deps.logger.warn({ err: error }, "MCP servers were not swept"),
      );
    }, SWEEP_MS).unref();
  }

  /** @returns the user's connection to a server as it is set up now; null if there are too many. */
  use(ownerId: string, definition: McpDefinition): SupervisedServer | null {
    const key = `${ownerId} ${definition.id}`;
    const known = this.#servers.get(key);
    if (known?.server.definition.revision === definition.revision) return known.server;
    if (known !== undefined) void this.#drop(key, known.server);
    const own = [...this.#servers.values()].filter((each) => each.ownerId === ownerId);
    if (own.length >= MAX_PER_OWNER) return null;
    if (this.#servers.size >= MAX_SERVERS && !this.#makeRoom(own.length)) return null;
    const { openTransportFor, ...deps } = this.#deps;
    const server = new SupervisedServer(definition, { ...deps, openTransport: openTransportFor(ownerId) });
    this.#servers.set(key, { ownerId, server });
    return server;
  }

  /** @returns null if this user has not used it on this node. */
  find(ownerId: string, serverId: string): SupervisedServer | null {
    return this.#servers.get(`${ownerId} ${serverId}`)?.server ?? null;
  }

  /** Ends all connections to a server. */
  async forget(serverId: string, ownerId?: string): Promise<void> {
    const found = [...this.#servers].filter(
      ([, each]) =>
        each.server.definition.id === serverId && (ownerId === undefined || each.ownerId === ownerId),
    );
    await Promise.all(found.map(async ([key, { server }]) => this.#drop(key, server)));
  }

  /** Ends what is not used, was changed, or is gone. */
  async sweep(): Promise<void> {
    const { definitions, now } = this.#deps;
    for (const [key, { server }] of this.#servers) {
      const current = await definitions.current(server.definition.id);
      const isIdle = now() - server.lastUsedAt > IDLE_MS && !server.isBusy;
      if (current?.revision !== server.definition.revision || isIdle) await this.#drop(key, server);
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([...this.#servers].map(async ([key, { server }]) => this.#drop(key, server)));
  }

  /**
   * Ends a connection of whoever has most, one that is not busy where there is one.
   * @param owned how many whoever wants one has: nobody who would have fewer than that makes room.
   * @returns whether there is room.
   */
  #makeRoom(owned: number): boolean {
    const groups = [...Map.groupBy(this.#servers, ([, each]) => each.ownerId).values()]
      .filter(({ length }) => length > owned + 1)
      .toSorted((a, b) => b.length - a.length);
    const idle = groups.map((group) => group.filter(([, { server }]) => !server.isBusy));
    const from = idle.find(({ length }) => length > 0) ?? groups[0] ?? [];
    const [oldest] = from.toSorted(([, a], [, b]) => a.server.lastUsedAt - b.server.lastUsedAt);
    if (oldest === undefined) return false;
    const [key, { server }] = oldest;
    void this.#drop(key, server);
    return true;
  }

  async #drop(key: string, server: SupervisedServer): Promise<void> {
    this.#servers.delete(key);
    await server.end();
  }
}
