import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { AuthorizationServer } from "./authorization-server.ts";

/** An MCP server over streamable HTTP that takes nobody without a token of its authorization server. */
export class ProtectedServer implements AsyncDisposable {
  readonly url: string;
  readonly authorization: AuthorizationServer;
  /** Access tokens that were presented and taken, in order, each once. */
  readonly taken: string[] = [];
  readonly #http: Server;

  private constructor(url: string, authorization: AuthorizationServer, http: Server) {
    this.url = url;
    this.authorization = authorization;
    this.#http = http;
  }

  static async start(): Promise<ProtectedServer> {
    const http = createServer().listen(0, "127.0.0.1");
    await once(http, "listening");
    const { port } = http.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/mcp`;
    const server = new ProtectedServer(url, await AuthorizationServer.start(() => url), http);
    http.on("request", (request, response) => {
      server.#answer(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    return server;
  }

  get hosts(): string[] {
    return [new URL(this.url).host, this.authorization.host];
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, origin } = new URL(request.url ?? "", this.url);
    if (pathname.startsWith("/.well-known/oauth-protected-resource")) {
      return void response
        .setHeader("content-type", "application/json")
        .end(JSON.stringify(this.#metadata(pathname)));
    }
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
    const known = token === undefined ? undefined : await this.authorization.provider.AccessToken.find(token);
    if (token === undefined || known?.isValid !== true || known.aud !== this.url) {
      const metadata = `${origin}/.well-known/oauth-protected-resource${pathname}`;
      response.setHeader("www-authenticate", `Bearer resource_metadata="${metadata}", scope="notes"`);
      return void response.writeHead(401).end();
    }
    if (this.taken.at(-1) !== token) this.taken.push(token);
    const server = new McpServer({ name: "protected", version: "1" });
    server.registerTool("whoami", { description: "Says who you are" }, () => ({
      content: [{ type: "text", text: `You are ${known.accountId}` }],
    }));
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
    await server.connect(transport);
    response.on("close", () => void server.close());
    await transport.handleRequest(request, response);
  }

  #metadata(pathname: string): object {
    // Of the endpoint that says who else authorizes its clients.
    const elsewhere = pathname.endsWith("/elsewhere") ? "http://127.0.0.1:1" : undefined;
    return {
      resource: elsewhere === undefined ? this.url : this.url.replace("/mcp", "/elsewhere"),
      authorization_servers: [elsewhere ?? this.authorization.issuer],
      scopes_supported: ["notes"],
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#http.close();
    this.#http.closeAllConnections();
    await Promise.all([once(this.#http, "close"), this.authorization[Symbol.asyncDispose]()]);
  }
}
