import type { McpServer } from "@agentclientprotocol/sdk";
import type { TrunklineClient } from "@trunkline/client";
import type { McpServer as OwnServer } from "@trunkline/contract";
import { commandLine } from "../terminal/command-line.ts";
import { oneLine } from "../terminal/plain-text.ts";

const MAX_NAME_LENGTH = 24;

/** What an editor would give a thread besides the repository that it has open. */
export interface EditorOffers {
  mcpServers: readonly McpServer[];
  additionalDirectories?: readonly string[] | undefined;
}

export interface EditorOffersDeps {
  client: TrunklineClient;
  /** Of the session. */
  projectId: string | null;
  /** A command line of this program's. */
  command: (...words: string[]) => string;
}

/**
 * What of it the session does not use, and what to do instead; null: there is nothing to say. Tasks run on the server, also
 * while the editor is closed: a program of this machine is not there, and nobody has agreed that a secret of the editor's, or a
 * server that a repository's settings name, goes there.
 */
export async function noteOnOffers(
  { client, projectId, command }: EditorOffersDeps,
  { mcpServers, additionalDirectories = [] }: EditorOffers,
): Promise<string | null> {
  const lines: string[] = [];
  if (mcpServers.length > 0) {
    const { items } = await client.mcp.list.query(projectId === null ? {} : { projectId });
    const known = items.filter(({ enabled }) => enabled);
    const unused = mcpServers.filter((server) => !known.some((own) => isSame(own, server)));
    const used = mcpServers.filter((server) => !unused.includes(server));
    if (unused.length > 0) {
      lines.push(
        `MCP servers of this editor are not used: ${namesOf(unused)}. Tasks run on the server, also while the editor is closed. ` +
          "Set up there what they need:",
        ...unused.map((server) => `    ${additionOf(server, command)}`),
      );
    }
    if (used.length > 0) lines.push(`MCP servers as set up on the server: ${namesOf(used)}.`);
  }
  if (additionalDirectories.length > 0) {
    const paths = additionalDirectories.map(oneLine).join(", ");
    lines.push(`Folders beside the thread's own are not used: ${paths}.`);
  }
  return lines.length === 0 ? null : lines.join("\n");
}

/** Of a program only the name tells, because where it lies is each machine's own business. */
function isSame({ name, transport }: OwnServer, server: McpServer): boolean {
  if ("url" in server) return transport.kind === "http" && transport.url === server.url;
  return transport.kind === "stdio" && name === nameFor(server.name);
}

/** The command that sets it up, without secrets: they are read from variables. */
function additionOf(server: McpServer, command: EditorOffersDeps["command"]): string {
  const name = nameFor(server.name);
  if ("command" in server) {
    const variables = server.env.flatMap((variable) => ["--env", variable.name]);
    return `${command("mcp", "add", name, ...variables)} -- ${commandLine([server.command, ...server.args])}`;
  }
  const headers = server.headers.flatMap((header) => [
    "--header",
    `${header.name}=${variableFor(header.name)}`,
  ]);
  const line = command("mcp", "add", name, server.url, ...headers);
  return server.type === "sse" ? `${line}  (at its address of streamable HTTP: SSE is not spoken)` : line;
}

function namesOf(servers: readonly McpServer[]): string {
  return servers.map(({ name }) => oneLine(name)).join(", ");
}

/** As servers may be called here. */
function nameFor(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, MAX_NAME_LENGTH)
    .replaceAll(/^-|-$/g, "");
  return plain === "" ? "server" : plain;
}

function variableFor(header: string): string {
  return header.toUpperCase().replaceAll(/[^A-Z0-9]+/g, "_");
}
