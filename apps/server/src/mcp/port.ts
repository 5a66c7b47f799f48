import type { McpServer, McpTransport } from "@trunkline/contract";
import type { AuditRecord, StoredMcpServer } from "../store/port.ts";
import type { ToolContext } from "../tools/port.ts";

/** Where browsers bring what an authorization server answered. */
export const MCP_CALLBACK_PATH = "/mcp/authorized";

/** What is encrypted of an MCP server. */
export interface McpSecrets {
  /** Of its program's variables, or of its headers; by name. */
  values?: Record<string, string>;
}

/** A server as it was set up: by the operator, in a project, or by a user. */
export interface McpDefinition extends Pick<
  McpServer,
  "id" | "level" | "name" | "enabled" | "trust" | "onlyTools" | "timeoutMs"
> {
  transport: McpTransport;
  /** Changes with anything that a connection depends on. */
  revision: string;
  /** Directories that its program sees; the operator's alone. */
  readOnly: readonly string[];
  /** Whether it may be on a private address; the operator's may where the operator wrote that address. */
  mayBePrivate: boolean;
  /** Opens what is encrypted. @throws TrunklineError `unavailable` */
  secrets(): Promise<McpSecrets>;
}

/** One use of a server: for whom, and what happens meanwhile. */
export type McpUse = Pick<ToolContext, "signal" | "ask"> & {
  /** Its words while it works. */
  progress?: (text: string) => Promise<void>;
};

/** A tool as its server describes it, within bounds. */
export interface McpToolDefinition {
  /** The server's name for it. */
  name: string;
  description: string;
  /** JSON Schema of an object. */
  inputSchema: Record<string, unknown>;
  /** By the server's word. */
  onlyReads: boolean;
  isOpenWorld: boolean;
  /** SHA-256 of all that the server says of it, shortened: an approval is for this alone. */
  digest: string;
}

export interface McpResource {
  uri: string;
  name: string;
  description: string;
  mimeType: string | null;
}

export interface McpPrompt {
  name: string;
  description: string;
  arguments: { name: string; description: string; required: boolean }[];
}

/** What a server offers. */
export interface McpCatalog {
  tools: readonly McpToolDefinition[];
  /** Tools that are left out, with the reason. */
  omitted: readonly { name: string; reason: string }[];
  resources: readonly McpResource[];
  prompts: readonly McpPrompt[];
  /** What the server says of itself; bounded. */
  instructions: string;
}

/** How a user's connection to a server is. */
export interface McpStatus extends Pick<McpServer, "state" | "message" | "retryAt"> {
  /** Null: never connected. */
  catalog: McpCatalog | null;
  /** The last words that its program wrote to stderr. */
  log: string;
}

/** What an authorization server answered to a browser, as the address that it sent it to has it. */
export interface McpAuthorizationAnswer {
  state: string;
  code: string | undefined;
  /** Why there is no code. */
  error: string | undefined;
  /** Who it says that it is (RFC 9207). */
  issuer: string | undefined;
}

/** MCP servers, and this node's connections to them. */
export interface McpServers {
  operators(): readonly McpDefinition[];
  ofStored(server: StoredMcpServer): McpDefinition;
  /** @throws TrunklineError `validation_failed` for an address where a user's server can't be. */
  checkUrl(url: string): void;
  toolNameOf(server: string, tool: string): string;
  /** Of the user's connection on this node. */
  status(userId: string, definition: McpDefinition): McpStatus;
  /** Resolves when it is connected, has failed, or the signal aborts; `status` says which. */
  connect(userId: string, definition: McpDefinition, signal: AbortSignal): Promise<void>;
  /** Ends connections on this node; others find that it has changed within seconds. @param userId absent: all users' */
  disconnect(serverId: string, userId?: string): Promise<void>;
  /** Ends them, and deletes what its program has stored here. */
  forget(serverId: string): Promise<void>;
  /**
   * Begins an authorization of the user's. @param options.origin at which their browser reaches this server.
   * @returns where they agree, and where the browser is sent then. @throws TrunklineError `mcp_failed`, `validation_failed`
   */
  authorize(
    userId: string,
    definition: McpDefinition,
    options: { origin: string; browser: string | null; audit: AuditRecord },
  ): Promise<{ url: string; expiresAt: number; redirectUrl: string }>;
  /** Stores what the answer grants, for the next connection. @returns the server. @throws TrunklineError */
  finishAuthorization(
    userId: string,
    answer: McpAuthorizationAnswer,
    options: {
      browser: string | null;
      definitionOf: (serverId: string) => Promise<McpDefinition>;
      audit: (serverId: string) => AuditRecord;
    },
  ): Promise<McpDefinition>;
  /** Revokes all users' authorizations, where the authorization server can be reached. */
  revoke(definition: McpDefinition): Promise<void>;
  /** @throws TrunklineError `mcp_failed` */
  prompt(
    userId: string,
    definition: McpDefinition,
    prompt: { name: string; input: Record<string, string>; signal: AbortSignal },
  ): Promise<string>;
}
