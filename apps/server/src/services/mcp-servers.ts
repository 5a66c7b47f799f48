import {
  MAX_MCP_SERVERS,
  type McpServer,
  type McpServerDetail,
  type McpService,
  type McpTransportInput,
  type Principal,
  TrunklineError,
} from "@trunkline/contract";
import { v7 as uuidv7 } from "uuid";
import type { Audit } from "../audit/port.ts";
import type { McpAuthorizationAnswer, McpDefinition, McpServers, McpStatus } from "../mcp/port.ts";
import { GuardFailedError, type StoredMcpServer, type Store, UniqueViolationError } from "../store/port.ts";
import { createMcpAccess, type FoundMcpServer } from "./mcp-access.ts";
import { checkMcpTransport } from "./mcp-transport.ts";
import { type McpVault, sealMcpSecrets } from "./mcp-secrets.ts";
import { OwnerSlots } from "./owner-slots.ts";
import { requireOwnProject, requireProject } from "./project-access.ts";

export interface McpServiceDeps {
  store: Pick<Store, "mcpServers" | "projects" | "users">;
  servers: McpServers;
  audit: Audit;
  vault: McpVault;
  now: () => number;
}

/** How long a caller waits for a server to start, in ms. */
const CONNECT_WAIT_MS = 10_000;

/** Of one user, on one node: each starts a program, whatever becomes of the one before. */
const RESTARTS_AT_ONCE = 2;

/** Resources that are told at once. */
const MAX_RESOURCES = 100;

export function createMcpService(deps: McpServiceDeps): McpService {
  const { store, servers, audit, vault, now } = deps;
  const { mcpServers } = store;
  const restarts = new OwnerSlots(RESTARTS_AT_ONCE);
  const access = createMcpAccess(deps);
  const entry = (by: Principal, action: string, target: string, name?: string) =>
    audit.entry({ by, action, target, decision: "allowed", ...(name !== undefined && { detail: name }) });

  async function shown(principal: Principal, found: FoundMcpServer): Promise<McpServer> {
    const { id, level, name, transport, enabled, trust, onlyTools, timeoutMs } = found.definition;
    const { state, message, retryAt, catalog } = servers.status(principal.userId, found.definition);
    return {
      id,
      level,
      projectId: found.stored?.projectId ?? null,
      name,
      transport,
      enabled,
      trust,
      onlyTools,
      timeoutMs,
      canChange: await access.canChange(principal, found),
      state: enabled ? state : "off",
      message,
      retryAt,
      toolCount: catalog === null ? null : usableTools(found.definition, catalog).length,
      createdAt: found.stored?.createdAt ?? 0,
      updatedAt: found.stored?.updatedAt ?? 0,
    };
  }

  async function detail(principal: Principal, found: FoundMcpServer): Promise<McpServerDetail> {
    const { definition } = found;
    if (definition.enabled) {
      await servers.connect(principal.userId, definition, AbortSignal.timeout(CONNECT_WAIT_MS));
    }
    const { catalog, log } = servers.status(principal.userId, definition);
    const usable = new Set(catalog === null ? [] : usableTools(definition, catalog));
    return {
      ...(await shown(principal, found)),
      tools: (catalog?.tools ?? []).map((tool) => ({
        name: tool.name,
        toolName: servers.toolNameOf(definition.name, tool.name),
        description: tool.description,
        onlyReads: tool.onlyReads,
        enabled: usable.has(tool),
      })),
      omittedTools: [...(catalog?.omitted ?? [])],
      resources: (catalog?.resources ?? []).slice(0, MAX_RESOURCES),
      prompts: [...(catalog?.prompts ?? [])],
      log,
    };
  }

  /** @throws TrunklineError `mcp_exists` where it would never be used. */
  function refuseOperatorsName(name: string): void {
    if (!servers.operators().some((server) => server.name === name)) return;
    throw new TrunklineError("mcp_exists", `The operator has an MCP server '${name}'; choose another name`);
  }

  return {
    async list(principal, { projectId = null }) {
      if (projectId !== null) await requireProject(store, principal, projectId);
      const stored = await mcpServers.of({ ownerId: principal.userId, projectId });
      const found = [
        ...servers.operators().map((definition) => ({ definition, stored: null })),
        ...[...stored.filter((server) => !isOwn(server)), ...stored.filter(isOwn)].map(access.found),
      ];
      return { items: await Promise.all(found.map(async (each) => shown(principal, each))) };
    },

    get: async (principal, { serverId }) => detail(principal, await access.require(principal, serverId)),

    async restart(principal, { serverId }) {
      using _slot = await restarts.take(principal.userId);
      const found = await access.require(principal, serverId);
      await servers.disconnect(serverId, principal.userId);
      await audit.record({ by: principal, action: "mcp.restart", target: serverId, decision: "allowed" });
      return await detail(principal, found);
    },

    async authorize(principal, { serverId, origin }) {
      const { definition } = await access.require(principal, serverId);
      return servers.authorize(principal.userId, definition, {
        origin,
        browser: browserOf(principal),
        audit: entry(principal, "mcp.authorize", serverId),
      });
    },

    async finishAuthorization(principal, { address }) {
      const { id } = await servers.finishAuthorization(principal.userId, answerIn(address), {
        browser: browserOf(principal),
        definitionOf: async (serverId) => (await access.require(principal, serverId)).definition,
        audit: (serverId) => entry(principal, "mcp.finishAuthorization", serverId),
      });
      await servers.disconnect(id, principal.userId);
      return detail(principal, await access.require(principal, id));
    },

    async prompt(principal, { serverId, name, arguments: input }) {
      const { definition } = await access.require(principal, serverId);
      if (!definition.enabled)
        throw new TrunklineError("mcp_failed", `The MCP server ${definition.name} is off`);
      const signal = AbortSignal.timeout(CONNECT_WAIT_MS + definition.timeoutMs);
      return { text: await servers.prompt(principal.userId, definition, { name, input, signal }) };
    },

    async add(principal, { projectId = null, name, transport, ...settings }) {
      if (projectId !== null) await requireOwnProject(store, principal, projectId);
      refuseOperatorsName(name);
      await check(principal, transport);
      const id = uuidv7();
      const at = now();
      const server = {
        id,
        ownerId: principal.userId,
        projectId,
        name,
        ...settings,
        ...(await sealMcpSecrets(vault, id, transport, null)),
        createdAt: at,
        updatedAt: at,
      };
      await mcpServers
        .create(server, { max: MAX_MCP_SERVERS }, entry(principal, "mcp.add", id, name))
        .catch(rethrowTaken(name))
        .catch(rethrowFull);
      return shown(principal, await access.require(principal, id));
    },

    async update(principal, { serverId, transport, ...changes }) {
      const server = await access.requireOwn(principal, serverId);
      if (changes.name !== undefined && changes.name !== server.name) refuseOperatorsName(changes.name);
      if (transport !== undefined) await check(principal, transport, server.transport);
      const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
      const changed: StoredMcpServer = {
        ...server,
        ...given,
        ...(transport && (await sealMcpSecrets(vault, serverId, transport, server))),
        updatedAt: now(),
      };
      await mcpServers
        .update(server, changed, entry(principal, "mcp.update", serverId))
        .catch(rethrowTaken(changed.name))
        .catch(rethrowChanged);
      await servers.disconnect(serverId);
      return shown(principal, await access.require(principal, serverId));
    },

    async remove(principal, { serverId }) {
      const server = await access.requireOwn(principal, serverId);
      const before = await shown(principal, access.found(server));
      await servers.revoke(access.found(server).definition);
      await mcpServers.delete(serverId, entry(principal, "mcp.remove", serverId, server.name));
      await servers.forget(serverId);
      return before;
    },
  };

  async function check(
    principal: Principal,
    transport: McpTransportInput,
    current?: StoredMcpServer["transport"],
  ): Promise<void> {
    if (transport.kind === "http") servers.checkUrl(transport.url);
    await checkMcpTransport({ store, principal }, transport, current);
  }
}

/** What the address says that an authorization server sends a browser to. */
function answerIn(address: string): McpAuthorizationAnswer {
  const parameters = URL.parse(address.trim())?.searchParams;
  const value = (name: string): string | undefined => parameters?.get(name) ?? undefined;
  const state = value("state");
  if (state === undefined) {
    throw new TrunklineError(
      "validation_failed",
      "Paste the whole address that the browser was sent to: it has code=… and state=… in it",
    );
  }
  return { state, code: value("code"), error: value("error"), issuer: value("iss") };
}

function browserOf({ via, tokenId }: Principal): string | null {
  return via === "cookie" ? (tokenId ?? null) : null;
}

const isOwn = ({ projectId }: StoredMcpServer): boolean => projectId === null;

function usableTools({ onlyTools }: McpDefinition, { tools }: NonNullable<McpStatus["catalog"]>) {
  return tools.filter(({ name }) => onlyTools === null || onlyTools.includes(name));
}

function rethrowTaken(name: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof UniqueViolationError)) throw error;
    throw new TrunklineError("mcp_exists", `There is an MCP server '${name}' already; choose another name`);
  };
}

function rethrowFull(error: unknown): never {
  if (!(error instanceof GuardFailedError)) throw error;
  throw new TrunklineError(
    "quota_exceeded",
    `There are ${MAX_MCP_SERVERS} MCP servers here already, which is the limit: remove one first`,
  );
}

function rethrowChanged(error: unknown): never {
  if (!(error instanceof GuardFailedError)) throw error;
  throw new TrunklineError("not_found", "The MCP server was changed or removed meanwhile; look again");
}
