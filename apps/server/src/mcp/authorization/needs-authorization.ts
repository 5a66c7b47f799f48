/** The server wants a token, and there is none that it takes. */
export class NeedsAuthorizationError extends Error {
  override readonly name = "NeedsAuthorizationError";

  constructor(serverName: string) {
    super(`It needs your authorization: trunkline mcp authorize ${serverName}, or Settings → MCP servers`);
  }
}
