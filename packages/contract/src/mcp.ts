import { z } from "zod";
import { Id, Timestamp } from "./primitives.ts";

/** MCP servers (Model Context Protocol, https://modelcontextprotocol.io): programs that give the agent further tools. */

const ServerName = z
  .string()
  .max(24)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, "Use lower-case letters, digits and single '-', such as github");

const VariableName = z
  .string()
  .max(200)
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "Use the name of an environment variable");

const HeaderName = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9-]+$/, "Use the name of an HTTP header");

const HostPattern = z
  .string()
  .max(253)
  .regex(
    /^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/,
    "Use a host name in lower case, such as api.example.org or *.example.org",
  );

/** A secret; null keeps the one that is stored. */
const SecretValue = z
  .string()
  .min(1)
  .max(10_000)
  .regex(/^[^\0\r\n]*$/, "Write it on one line")
  .nullable();

const few = (record: Record<string, unknown>): boolean => Object.keys(record).length <= 50;

/** What a server's own program may reach. `allowlist`: package registries and its `allowedHosts`. */
export const McpNetwork = z.enum(["off", "allowlist", "on"]);

const STDIO = {
  kind: z.literal("stdio"),
  /** A program on the server, found as commands find theirs. It runs in the sandbox, in a directory of its own. */
  command: z.string().min(1).max(1_000),
  args: z.array(z.string().max(4_000)).max(50),
  /** `on`, like `allowedHosts`, needs an admin where several users share the server. */
  network: McpNetwork,
  allowedHosts: z.array(HostPattern).max(50),
};

const HTTP = {
  kind: z.literal("http"),
  /** Of its streamable HTTP endpoint: https, on a public address unless the operator says otherwise. */
  url: z.string().min(1).max(2_000),
};

/** How a server is reached. Values of variables and headers are stored encrypted and never returned: only names are. */
export const McpTransport = z.discriminatedUnion("kind", [
  z.strictObject({ ...STDIO, environment: z.array(z.string()) }),
  z.strictObject({
    ...HTTP,
    headers: z.array(z.string()),
  }),
]);
export type McpTransport = z.infer<typeof McpTransport>;

/** The same with its secrets. */
export const McpTransportInput = z.discriminatedUnion("kind", [
  z.strictObject({
    ...STDIO,
    args: STDIO.args.default([]),
    network: STDIO.network.default("allowlist"),
    allowedHosts: STDIO.allowedHosts.default([]),
    /** Variables for the program; null keeps a stored value. */
    environment: z.record(VariableName, SecretValue).refine(few, "Use at most 50 variables").default({}),
  }),
  z.strictObject({
    ...HTTP,
    /** Sent with each request, such as `Authorization`; null keeps a stored value. */
    headers: z.record(HeaderName, SecretValue).refine(few, "Use at most 50 headers").default({}),
  }),
]);
export type McpTransportInput = z.infer<typeof McpTransportInput>;

const SETTINGS = {
  enabled: z.boolean(),
  /**
   * Whether what the server says of its tools is believed. `none`: each call asks. `annotations`: calls that only read,
   * by the server's word, don't; others ask as built-in tools do.
   */
  trust: z.enum(["none", "annotations"]),
  /** Only these tools, by the server's names; null: all. */
  onlyTools: z.array(z.string().min(1).max(200)).max(200).nullable(),
  /** How long a call may take without a sign of life, in ms. */
  timeoutMs: z.int().min(1_000).max(600_000),
};

/** Where a server was set up: by the operator for everybody, in a project, or by a user for themselves. */
export const McpLevel = z.enum(["operator", "project", "user"]);

/**
 * State of the caller's connection on the node that answers. `idle`: it connects when a task needs it. `failed`: it is
 * tried again at `retryAt`. `needs-authorization`: it waits for `mcp.authorize`.
 */
export const McpState = z.enum(["off", "idle", "connecting", "connected", "failed", "needs-authorization"]);

/** A server, and how the caller's connection to it is. */
export const McpServer = z.strictObject({
  id: Id,
  level: McpLevel,
  projectId: Id.nullable(),
  /** Its tools are called `NAME__TOOL`. */
  name: z.string(),
  transport: McpTransport,
  ...SETTINGS,
  /** Whether the caller may change it. */
  canChange: z.boolean(),
  state: McpState,
  /** Why it is not connected, for people; null: it is, or nobody has tried. */
  message: z.string().nullable(),
  /** When it is tried again; ms since the epoch. */
  retryAt: Timestamp.nullable(),
  /** Number of tools that tasks can use; null: not connected yet. */
  toolCount: z.int().nonnegative().nullable(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type McpServer = z.infer<typeof McpServer>;

export const McpServerRef = z.strictObject({ serverId: Id });
export type McpServerRef = z.infer<typeof McpServerRef>;

export const ListMcpServersInput = z.strictObject({
  /** Also those of this project. */
  projectId: Id.optional(),
});
export type ListMcpServersInput = z.infer<typeof ListMcpServersInput>;

/** The operator's, then the project's, then yours. */
export const McpServerList = z.strictObject({ items: z.array(McpServer) });
export type McpServerList = z.infer<typeof McpServerList>;

/** A tool of a server, by the server's word. */
export const McpTool = z.strictObject({
  /** The server's name for it. */
  name: z.string(),
  /** What the model calls it. */
  toolName: z.string(),
  description: z.string(),
  /** Whether it says that it only reads. */
  onlyReads: z.boolean(),
  /** Whether tasks can use it; see `onlyTools`. */
  enabled: z.boolean(),
});
export type McpTool = z.infer<typeof McpTool>;

/** A server with what it offers. All of this is by the server's word: show it as plain text. */
export const McpServerDetail = McpServer.extend({
  tools: z.array(McpTool),
  /** Tools that are left out, and why. */
  omittedTools: z.array(z.strictObject({ name: z.string(), reason: z.string() })),
  /** The first 100. */
  resources: z.array(
    z.strictObject({
      uri: z.string(),
      name: z.string(),
      description: z.string(),
      mimeType: z.string().nullable(),
    }),
  ),
  prompts: z.array(
    z.strictObject({
      name: z.string(),
      description: z.string(),
      arguments: z.array(
        z.strictObject({ name: z.string(), description: z.string(), required: z.boolean() }),
      ),
    }),
  ),
  /** The last lines that its program wrote to stderr. */
  log: z.string(),
});
export type McpServerDetail = z.infer<typeof McpServerDetail>;

export const GetMcpPromptInput = z.strictObject({
  serverId: Id,
  /** Name of the prompt. */
  name: z.string().min(1).max(200),
  arguments: z
    .record(z.string().min(1).max(200), z.string().max(20_000))
    .refine(few, "Use at most 50 arguments")
    .default({}),
});
export type GetMcpPromptInput = z.infer<typeof GetMcpPromptInput>;

/** A prompt that a server wrote. */
export const McpPromptText = z.strictObject({
  /** Read it before you submit it: the server wrote it. */
  text: z.string(),
});
export type McpPromptText = z.infer<typeof McpPromptText>;

export const AddMcpServerInput = z.strictObject({
  /** For the sessions of this project; absent: for all of yours. */
  projectId: Id.optional(),
  /** Unique among yours, or the project's. */
  name: ServerName,
  transport: McpTransportInput,
  enabled: SETTINGS.enabled.default(true),
  trust: SETTINGS.trust.default("none"),
  onlyTools: SETTINGS.onlyTools.default(null),
  timeoutMs: SETTINGS.timeoutMs.default(60_000),
});
export type AddMcpServerInput = z.infer<typeof AddMcpServerInput>;

export const UpdateMcpServerInput = z.strictObject({
  serverId: Id,
  name: ServerName.optional(),
  /** Replaces it as a whole. Stored secrets can be kept only as long as program or address stay the same. */
  transport: McpTransportInput.optional(),
  enabled: SETTINGS.enabled.optional(),
  trust: SETTINGS.trust.optional(),
  onlyTools: SETTINGS.onlyTools.optional(),
  timeoutMs: SETTINGS.timeoutMs.optional(),
});
export type UpdateMcpServerInput = z.infer<typeof UpdateMcpServerInput>;

export const AuthorizeMcpServerInput = z.strictObject({
  serverId: Id,
  /** At which your browser reaches this server, such as `https://trunkline.example.com`: it returns there. */
  origin: z.string().max(300),
});
export type AuthorizeMcpServerInput = z.infer<typeof AuthorizeMcpServerInput>;

/** Where somebody agrees to what an MCP server asks for. */
export const McpAuthorizationLink = z.strictObject({
  /** To open in a browser. The authorization server chose it: show its host. */
  url: z.string(),
  /** Where the browser is sent then: if it can't get there, `mcp.finishAuthorization` takes that address. */
  redirectUrl: z.string(),
  /** Until when it can be finished. */
  expiresAt: Timestamp,
});
export type McpAuthorizationLink = z.infer<typeof McpAuthorizationLink>;

export const FinishMcpAuthorizationInput = z.strictObject({
  /** The whole address that the browser was sent to, with `code` and `state`. */
  address: z.string().min(1).max(10_000),
});
export type FinishMcpAuthorizationInput = z.infer<typeof FinishMcpAuthorizationInput>;
