import { spawn, spawnSync } from "node:child_process";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

interface GitOverHttpOptions {
  /** With the repositories. */
  directory: string;
  username: string;
  password: string;
  /** Sends everybody there instead. */
  redirectTo?: string;
}

/**
 * Git's own HTTP backend (git-http-backend(1)) for the bare repositories in a directory, behind basic authentication, as a
 * forge has it. On loopback.
 */
export class GitOverHttp {
  /** Method, path and whether it was signed in, of each request. */
  readonly requests: string[] = [];
  readonly #server: Server;
  readonly #directory: string;
  readonly #credentials: string;
  readonly #redirectTo: string | undefined;

  private constructor(server: Server, { directory, username, password, redirectTo }: GitOverHttpOptions) {
    this.#server = server;
    this.#directory = directory;
    this.#credentials = Buffer.from(`${username}:${password}`).toString("base64");
    this.#redirectTo = redirectTo;
    server.on("request", (request, response) => this.#answer(request, response));
  }

  static async start(options: GitOverHttpOptions): Promise<GitOverHttp> {
    const server = createServer();
    const remote = new GitOverHttp(server, options);
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    return remote;
  }

  /** Without a slash at its end. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const isSignedIn = request.headers.authorization === `Basic ${this.#credentials}`;
    this.requests.push(`${request.method} ${request.url} ${isSignedIn ? "signed in" : "anonymous"}`);
    if (this.#redirectTo !== undefined) {
      response.writeHead(302, { location: `${this.#redirectTo}${request.url}` }).end();
      return;
    }
    if (!isSignedIn) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
      return;
    }
    const url = new URL(request.url ?? "/", this.url);
    // CGI (RFC 3875).
    const backend = spawn("git", ["http-backend"], {
      env: {
        PATH: process.env["PATH"],
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_CONFIG_GLOBAL: "/dev/null",
        GIT_CONFIG_COUNT: "2",
        GIT_CONFIG_KEY_0: "http.receivepack",
        GIT_CONFIG_VALUE_0: "true",
        GIT_CONFIG_KEY_1: "safe.directory",
        GIT_CONFIG_VALUE_1: "*",
        GIT_PROJECT_ROOT: this.#directory,
        GIT_HTTP_EXPORT_ALL: "1",
        PATH_INFO: url.pathname,
        QUERY_STRING: url.search.slice(1),
        REQUEST_METHOD: request.method,
        REMOTE_USER: "somebody",
        REMOTE_ADDR: "127.0.0.1",
        CONTENT_TYPE: request.headers["content-type"] ?? "",
        ...(request.headers["content-length"] !== undefined && {
          CONTENT_LENGTH: request.headers["content-length"],
        }),
        ...(request.headers["content-encoding"] !== undefined && {
          HTTP_CONTENT_ENCODING: request.headers["content-encoding"],
        }),
        ...(request.headers["git-protocol"] !== undefined && {
          GIT_PROTOCOL: String(request.headers["git-protocol"]),
        }),
      },
      stdio: ["pipe", "pipe", "inherit"],
    });
    request.pipe(backend.stdin);
    backend.stdin.on("error", () => undefined);
    response.on("close", () => backend.kill());
    void passOn(backend.stdout, response);
  }
}

/** Headers up to an empty line, then the body. */
async function passOn(output: AsyncIterable<Buffer>, response: ServerResponse): Promise<void> {
  let head: Buffer | null = Buffer.alloc(0);
  for await (const piece of output) {
    if (head === null) {
      response.write(piece);
      continue;
    }
    head = Buffer.concat([head, piece]);
    const end = head.indexOf("\r\n\r\n");
    if (end === -1) continue;
    let status = 200;
    for (const line of head.subarray(0, end).toString("latin1").split("\r\n")) {
      const [name = "", value = ""] = line.split(/:\s*/, 2);
      if (name.toLowerCase() === "status") status = Number.parseInt(value, 10);
      else response.setHeader(name, value);
    }
    response.writeHead(status);
    response.write(head.subarray(end + 4));
    head = null;
  }
  response.end();
}

/** Whether this git has its HTTP backend; some distributions package it apart. */
export function hasHttpBackend(): boolean {
  const { stdout } = spawnSync("git", ["http-backend"], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"] },
  });
  return stdout.includes("Status: 500");
}
