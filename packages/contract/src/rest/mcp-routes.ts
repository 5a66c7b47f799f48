import type { RestRoute } from "./route.ts";

/** The part of `REST_ROUTES` that is about MCP servers. */
export const MCP_ROUTES = {
  "mcp.list": {
    method: "GET",
    path: "/mcp-servers",
    status: 200,
    summary: "List your MCP servers",
    description: "The operator's, yours and, with `projectId`, the project's. At most 50 of each.",
    reasons: ["not_found"],
  },
  "mcp.get": {
    method: "GET",
    path: "/mcp-servers/{serverId}",
    status: 200,
    summary: "Read what an MCP server offers",
    description:
      "Connects to it, if it is not connected, and waits up to 10 seconds for that. Texts are the server's own words.",
    reasons: ["not_found"],
  },
  "mcp.restart": {
    method: "POST",
    path: "/mcp-servers/{serverId}/restart",
    status: 200,
    summary: "Restart your connection to an MCP server",
    reasons: ["not_found"],
  },
  "mcp.authorize": {
    method: "POST",
    path: "/mcp-servers/{serverId}/authorize",
    status: 200,
    summary: "Authorize your use of an MCP server",
    description:
      "Returns a link to open in a browser. It returns to `origin`, where the browser that asked, or the address itself " +
      "given to `/mcp-authorizations`, finishes it.",
    example: { origin: "https://trunkline.example.com" },
    reasons: ["not_found", "mcp_failed"],
  },
  "mcp.finishAuthorization": {
    method: "POST",
    path: "/mcp-authorizations",
    status: 200,
    summary: "Finish an authorization by hand",
    description: "Takes the address that the browser was sent to. It works once, for the user who asked.",
    example: { address: "http://127.0.0.1:4400/mcp/authorized?code=…&state=…" },
    reasons: ["not_found", "mcp_failed"],
  },
  "mcp.prompt": {
    method: "POST",
    path: "/mcp-servers/{serverId}/prompt",
    status: 200,
    summary: "Let an MCP server write a prompt",
    description: "Returns its text, to be read and submitted as a task. Nothing runs yet.",
    example: { name: "review", arguments: { file: "README.md" } },
    reasons: ["not_found", "mcp_failed"],
  },
  "mcp.add": {
    method: "POST",
    path: "/mcp-servers",
    status: 201,
    summary: "Add an MCP server",
    description:
      "Its tools can then be used by your tasks or, with `projectId`, by those of the project's sessions. Values of " +
      "variables and headers are stored encrypted, and nothing returns them.",
    example: { name: "docs", transport: { kind: "http", url: "https://mcp.example.com/mcp" } },
    reasons: ["not_found", "mcp_exists", "quota_exceeded"],
  },
  "mcp.update": {
    method: "PATCH",
    path: "/mcp-servers/{serverId}",
    status: 200,
    summary: "Change an MCP server",
    example: { enabled: false },
    reasons: ["not_found", "mcp_exists"],
  },
  "mcp.remove": {
    method: "DELETE",
    path: "/mcp-servers/{serverId}",
    status: 200,
    summary: "Remove an MCP server",
    description: "Ends its connections and deletes its secrets. Returns the server as it was.",
    reasons: ["not_found"],
  },
} as const satisfies Record<`mcp.${string}`, RestRoute>;
