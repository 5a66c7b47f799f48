import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import type { Blobs } from "../blobs/port.ts";
import { removeDirectory } from "../common/remove-directory.ts";
import type { Config, Settings } from "../config/config.ts";
import type { ConfigFile } from "../config-file/port.ts";
import type { Lifecycle } from "../lifecycle.ts";
import type { StoreImage } from "../mcp/call-result.ts";
import { AccessTokens } from "../mcp/authorization/access-tokens.ts";
import { Authorizations } from "../mcp/authorization/authorizations.ts";
import { createAuthorizedFetch } from "../mcp/authorization/authorized-fetch.ts";
import { Connections } from "../mcp/connections.ts";
import { Definitions } from "../mcp/definitions.ts";
import { Destinations } from "../mcp/destinations.ts";
import { createGuardedFetch } from "../mcp/guarded-fetch.ts";
import { createMcpServers } from "../mcp/mcp-servers.ts";
import { createOpenTransport } from "../mcp/open-transport.ts";
import { operatorServers } from "../mcp/operator-servers.ts";
import { Pace } from "../common/pace.ts";
import type { McpDefinition, McpServers } from "../mcp/port.ts";
import { withMcpTools } from "../mcp/tool-source.ts";
import { parseHostList, parseKnownHosts } from "../network/host-list.ts";
import { isAnyKept } from "../store/backup/kept-databases.ts";
import { databasePath } from "../store/sqlite/database-path.ts";
import { ConnectionCount } from "../network/command-proxy.ts";
import { PROXY_LIMITS } from "../network/limits.ts";
import { createNetworks } from "../network/networks.ts";
import { connectBy } from "../network/connect.ts";
import { resolveName } from "../network/resolve-name.ts";
import { publicWeb } from "../network/public-web.ts";
import type { CredentialVault } from "../projects/credential-vault.ts";
import { createRedactor } from "../secrets/redactor.ts";
import type { Store } from "../store/port.ts";
import type { SandboxChoice } from "../tools/sandbox/open-sandbox.ts";
import { redactedTool } from "../tools/redacted-tool.ts";
import { SHELL_ENVIRONMENT } from "../tools/shell-environment.ts";
import type { ToolSource } from "../tools/port.ts";

/** MCP servers, and their tools beside the built-in ones. */
export async function composeMcp(options: {
  config: Settings;
  configFile: ConfigFile;
  version: string;
  store: Store;
  vault: CredentialVault;
  sandbox: SandboxChoice;
  /** Of commands. */
  environment: Readonly<Record<string, string>>;
  builtIn: ToolSource;
  projectIdOf: (session: { sessionId: string; ownerId: string }) => Promise<string | null>;
  /** Composed later; asked for when a tool has returned a picture. */
  blobs: () => Pick<Blobs, "put">;
  lifecycle: Lifecycle;
  logger: Logger;
  now: () => number;
}): Promise<{ servers: McpServers; tools: ToolSource }> {
  const { config, configFile, version, store, vault, sandbox, environment, logger, now } = options;
  const { mcpServers = {}, mcpPrivateHosts = [] } = configFile.sections;
  const operators = operatorServers(mcpServers, (name) => configFile.valueOf(name));
  const definitions = new Definitions({ store, vault, operators });
  const anywhere = connectBy({ resolve: resolveName, policy: () => null });
  const destinations = new Destinations(mcpPrivateHosts, { publicWeb, anywhere });
  const redactor = (values: readonly string[]) =>
    createRedactor([...config.secrets, ...configFile.secrets, ...values]);
  const { active, reason } = await sandbox.state();
  const unfiltered = active ? null : `MCP servers run without a sandbox: ${reason ?? "reason unknown"}`;
  const listed = parseHostList(config.network.hosts);
  const count = new ConnectionCount(PROXY_LIMITS.allConnections);
  const networkOf = (definition: McpDefinition) => {
    const { transport } = definition;
    const given = transport.kind === "stdio" && !config.network.isOffForAll ? transport.network : "off";
    const allowed = transport.kind === "stdio" ? parseKnownHosts(transport.allowedHosts) : [];
    const rule = { mode: given, listed: [...listed, ...allowed] };
    return createNetworks({
      rules: { ruleOf: async () => rule },
      sessionHosts: { rulesOf: async () => [] },
      connect: publicWeb,
      unfiltered,
      count,
    });
  };
  const directory = join(config.dataDir, "mcp");
  const paces = new Map<string, Pace>();
  const paceOf = (ownerId: string): Pace => {
    const pace = paces.get(ownerId) ?? new Pace();
    paces.set(ownerId, pace);
    return pace;
  };
  const fetchFor = (definition: McpDefinition, pace = new Pace()) =>
    createGuardedFetch(destinations.connectFor(definition), pace);
  const authorization = { store, vault, fetchFor: (definition: McpDefinition) => fetchFor(definition), now };
  const checkUrl = (url: string): void => destinations.check(url);
  const authorizations = new Authorizations({ ...authorization, checkUrl });
  const tokens = new AccessTokens({ ...authorization, authorizations });
  const connections = new Connections({
    definitions,
    version,
    logger,
    now,
    openTransportFor: (ownerId) =>
      createOpenTransport({
        ownerId,
        spawner: sandbox.spawner,
        environment: { ...environment, ...SHELL_ENVIRONMENT },
        directory,
        networkOf,
        fetchFor: (definition) => {
          const fetch = fetchFor(definition, paceOf(ownerId));
          return createAuthorizedFetch({ userId: ownerId, definition, tokens, fetch });
        },
        redactor,
        pace: paceOf(ownerId),
      }),
  });
  const storeImageFor = (ownerId: string): StoreImage => {
    return async (bytes) => storeImage(options.blobs(), ownerId, bytes);
  };
  if (!(await isAnyKept(databasePath(config.dataDir)))) await removeOrphans(directory, definitions, logger);
  connections.start();
  options.lifecycle.started("MCP servers", async () => connections.stop());
  return {
    servers: createMcpServers({
      definitions,
      connections,
      destinations,
      authorizations,
      basePath: config.basePath,
      isOwnOrigin: (origin) => isOwnOrigin(config, origin),
      directory,
      storeImageFor,
    }),
    tools: withMcpTools({
      builtIn: options.builtIn,
      definitions,
      connections,
      projectIdOf: options.projectIdOf,
      redacted: (tool, values) => redactedTool(tool, redactor(values)),
      storeImageFor,
    }),
  };
}

/** The operator's, and this machine by whatever port a tunnel has. */
function isOwnOrigin({ allowedHosts, allowedOrigins }: Config, origin: string): boolean {
  const url = URL.parse(origin);
  if (url === null || url.origin !== origin) return false;
  if (allowedOrigins.includes(origin)) return true;
  const isLocal = ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
  return (
    url.protocol === "http:" && (isLocal || allowedHosts.some((host) => host.toLowerCase() === url.host))
  );
}

async function storeImage(
  blobs: Pick<Blobs, "put">,
  ownerId: string,
  bytes: Uint8Array,
): Promise<Awaited<ReturnType<StoreImage>>> {
  const one = async function* (): AsyncIterable<Uint8Array> {
    yield bytes;
  };
  try {
    const { sha256, mediaType, bytes: size } = await blobs.put(ownerId, one(), bytes.length);
    return mediaType.startsWith("image/")
      ? { type: "image", blob: { sha256, mediaType, bytes: size } }
      : null;
  } catch {
    // The user's space is full: the result's text remains, and says what there was.
    return null;
  }
}

/** Directories of servers that another node removed, or that are no longer in the file. What can't be removed keeps no server from its start. */
async function removeOrphans(
  directory: string,
  definitions: Definitions,
  logger: Pick<Logger, "warn">,
): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  for (const name of names) {
    if (await definitions.isKnown(name)) continue;
    await removeDirectory(join(directory, name)).catch((err: unknown) =>
      logger.warn(
        { err, serverId: name },
        "the files of a removed MCP server could not be removed; the next start tries again",
      ),
    );
  }
}
