import { isAbsolute } from "node:path";
import { z } from "zod";
import { variableName } from "../variable-name.ts";

const secret = z.union([z.string().max(10_000), z.strictObject({ variable: variableName })]);

const server = z
  .strictObject({
    command: z
      .string()
      .min(1)
      .max(1_000)
      .optional()
      .describe("A program, which is spoken to over stdin and stdout; it runs in the sandbox."),
    args: z.array(z.string().max(4_000)).max(50).optional().describe("Its arguments."),
    environment: z
      .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,199}$/), secret)
      .optional()
      .describe('Variables for it: a text, or { "variable": "NAME" } for one that is secret.'),
    network: z
      .enum(["off", "allowlist", "on"])
      .optional()
      .describe("What it may reach; allowlist (the default): package registries and allowedHosts."),
    allowedHosts: z.array(z.string().min(1).max(253)).max(50).optional().describe("Hosts that it may reach."),
    readOnly: z
      .array(z.string().refine(isAbsolute, "takes absolute paths"))
      .max(20)
      .optional()
      .describe("Directories that it sees, such as where it is installed."),
    url: z
      .string()
      .max(2_000)
      .refine((text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ""), "takes an http(s) address")
      .optional()
      .describe("Address of a server that is spoken to over streamable HTTP; it may be private."),
    headers: z
      .record(z.string().regex(/^[A-Za-z0-9-]{1,200}$/), secret)
      .optional()
      .describe('Sent with every request: a text, or { "variable": "NAME" } for one that is secret.'),
    enabled: z.boolean().optional().describe("Whether tasks can use it; default true."),
    trust: z
      .enum(["none", "annotations"])
      .optional()
      .describe("Whether what it says of its tools is believed; none (the default): each call asks."),
    onlyTools: z.array(z.string().min(1).max(200)).max(200).optional().describe("Only these of its tools."),
    timeoutMs: z
      .int()
      .min(1_000)
      .max(600_000)
      .optional()
      .describe("How long a call may take without a sign of life; default 60000."),
  })
  .refine(({ command, url }) => (command === undefined) !== (url === undefined), {
    message: "takes either command or url",
  });

/** MCP servers for everybody. */
export const mcpServers = z
  .record(
    z
      .string()
      .max(24)
      .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, "must be lower-case letters, digits and single hyphens"),
    server,
  )
  .refine((entries) => Object.keys(entries).length <= 50, "holds more than 50 servers")
  .describe("MCP servers for everybody on this server, by name; their tools are NAME__TOOL.");

/** Where users' own may be besides public addresses. */
export const mcpPrivateHosts = z
  .array(
    z
      .string()
      .max(300)
      .refine((text) => URL.parse(`http://${text}/`)?.pathname === "/", "takes HOST or HOST:PORT"),
  )
  .max(100)
  .describe("Private hosts (HOST or HOST:PORT) that MCP servers of users and projects may be on.");

export type NamedMcpServer = z.infer<typeof server>;
