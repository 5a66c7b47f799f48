import { createHash } from "node:crypto";
import type { McpTransport } from "@trunkline/contract";
import type { NamedMcpServer } from "../config-file/sections/mcp-servers.ts";
import type { McpDefinition, McpSecrets } from "./port.ts";

/**
 * The servers of trunkline.config.json. Each keeps its id as long as it keeps its name, also on other nodes.
 * @param valueOf value of a variable that the file names.
 */
export function operatorServers(
  named: Readonly<Record<string, NamedMcpServer>>,
  valueOf: (variable: string) => string,
): McpDefinition[] {
  return Object.entries(named).map(([name, server]) => {
    const { enabled = true, trust = "none", onlyTools = null, timeoutMs = 60_000, readOnly = [] } = server;
    const secrets = secretsOf(server, valueOf);
    return {
      id: idOf(name),
      level: "operator",
      name,
      transport: transportOf(server),
      enabled,
      trust,
      onlyTools,
      timeoutMs,
      // The file is read once.
      revision: "file",
      readOnly,
      mayBePrivate: true,
      secrets: async () => secrets,
    };
  });
}

function transportOf(server: NamedMcpServer): McpTransport {
  const { command, args = [], network = "allowlist", allowedHosts = [], environment = {} } = server;
  if (command !== undefined) {
    const names = Object.keys(environment).toSorted();
    return { kind: "stdio", command, args, network, allowedHosts, environment: names };
  }
  const { url = "", headers = {} } = server;
  return { kind: "http", url, headers: Object.keys(headers).toSorted() };
}

function secretsOf(
  { environment, headers }: NamedMcpServer,
  valueOf: (variable: string) => string,
): McpSecrets {
  const values = Object.fromEntries(
    Object.entries(environment ?? headers ?? {}).map(([name, value]): [string, string] => [
      name,
      typeof value === "string" ? value : valueOf(value.variable),
    ]),
  );
  return { values };
}

/** A UUID made of the name (RFC 9562, version 8). */
function idOf(name: string): string {
  const hex = createHash("sha256").update(`mcp:${name}`).digest("hex");
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
