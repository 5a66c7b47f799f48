import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { testCompute } from "../../../compute/testing/test-compute.ts";
import type { ToolResult } from "../../port.ts";
import { toolContext } from "../../testing/tool-context.ts";
import { createWebFetchTool } from "../../web-fetch.ts";
import { connectBy, type Route } from "../../../network/connect.ts";
import { publicWeb } from "../../../network/public-web.ts";
import type { FetchLimits } from "../fetch-page.ts";
import type { FetchSlots } from "../fetch-slots.ts";

/** A web site on a loopback address that records its requests. */
export class WebSite implements AsyncDisposable {
  readonly requests: IncomingMessage[] = [];
  readonly #server;
  readonly #host: string;

  private constructor(listener: RequestListener, host: string) {
    this.#host = host;
    this.#server = createServer((request, response) => {
      this.requests.push(request);
      listener(request, response);
    });
  }

  static async start(listener: RequestListener, host = "127.0.0.1"): Promise<WebSite> {
    const site = new WebSite(listener, host);
    site.#server.listen(0, host);
    await once(site.#server, "listening");
    return site;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** URL of a path; `host` replaces its own if a name is to be resolved. */
  url(path = "/", host = this.#host): string {
    return `http://${host.includes(":") ? `[${host}]` : host}:${this.port}${path}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }
}

/** Answers every request in the same way. */
export function always(
  body: string | Buffer,
  headers: Record<string, string> = {},
  status = 200,
): RequestListener {
  return (_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(status, headers).end(body);
  };
}

/** Allows everything except what is named, and maps names to addresses. */
export function testRoute(
  options: { refused?: readonly string[]; names?: Record<string, string[]> } = {},
): Route {
  const { refused = [], names = {} } = options;
  return {
    policy: (address) => (refused.includes(address) ? "the test refuses it" : null),
    resolve: async (host) =>
      (names[host] ?? []).map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
  };
}

const compute = testCompute();

/** Calls the tool like the agent does. */
export async function fetchWith(
  options: { route?: Route; limits?: FetchLimits; slots?: FetchSlots; signal?: AbortSignal },
  input: { url: string; offset?: number },
): Promise<ToolResult> {
  const { route, ...rest } = options;
  const tool = createWebFetchTool({
    compute,
    connect: route === undefined ? publicWeb : connectBy(route),
    ...rest,
  });
  const { signal } = options;
  const context = toolContext({ workspace: "/nonexistent", ...(signal === undefined ? {} : { signal }) });
  return tool.execute(tool.inputSchema.parse(input), context);
}
