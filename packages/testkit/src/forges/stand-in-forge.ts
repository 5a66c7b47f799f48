import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { MatchedOperation } from "./api-description.ts";
import type { Answer, Call, ForgeApi } from "./forge-api.ts";
import type { ForgeState, StandInCheck, StandInComment } from "./forge-state.ts";
import { giteaApi } from "./gitea-api.ts";
import { gitHubApi } from "./github-api.ts";
import { gitLabApi } from "./gitlab-api.ts";

const APIS = { github: gitHubApi, gitlab: gitLabApi, gitea: giteaApi };

export interface StandInForgeOptions {
  kind: keyof typeof APIS;
  /** With its groups, e.g. `octo/demo`. */
  repository: string;
  token: string;
  /** The commit that a branch has; absent: every branch has the same one. */
  head?: ForgeState["head"];
}

/**
 * A forge on loopback that holds every request, and its own answers, against the public API's description: whatever does not
 * fit is noted in `problems` and refused.
 */
export class StandInForge {
  readonly state: ForgeState;
  readonly problems: string[] = [];
  /** Method, path and query of each request, without the API's root. */
  readonly requests: string[] = [];
  /** Answers the next requests in place of the API, the first one first; for errors that a forge can have. */
  readonly interruptions: ((response: ServerResponse) => void)[] = [];
  readonly #api: ForgeApi;
  readonly #server: Server;

  private constructor(options: StandInForgeOptions, server: Server) {
    const { repository, token, head = async () => "a".repeat(40) } = options;
    this.#api = APIS[options.kind];
    this.#server = server;
    this.state = { repository, token, head, requests: [], checks: [], comments: [] };
    server.on("request", (request, response) => void this.#answer(request, response));
  }

  static async start(options: StandInForgeOptions): Promise<StandInForge> {
    const server = createServer();
    const forge = new StandInForge(options, server);
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    return forge;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Root of the API. */
  get api(): string {
    return `http://${this.host}${this.#api.root}`;
  }

  /** Of the repository, for people and git. */
  get url(): string {
    return `http://${this.host}/${this.state.repository}.git`;
  }

  checked(...checks: StandInCheck[]): void {
    this.state.checks = checks;
  }

  commented(...comments: StandInComment[]): void {
    this.state.comments.push(...comments);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await readAll(request);
    const url = new URL(request.url ?? "/", `http://${this.host}`);
    const path = url.pathname.slice(this.#api.root.length);
    this.requests.push(`${request.method} ${path}${url.search}`);
    const interruption = this.interruptions.shift();
    if (interruption !== undefined) {
      interruption(response);
      return;
    }
    const { status, body } = await this.#respond(request, url, path, text);
    response.writeHead(status, { "content-type": "application/json; charset=utf-8" });
    response.end(JSON.stringify(body));
  }

  async #respond(request: IncomingMessage, url: URL, path: string, text: string): Promise<Answer> {
    const { description, handlers, authorizations, root } = this.#api;
    const method = request.method ?? "GET";
    if (!url.pathname.startsWith(root)) return this.#wrong(`${url.pathname} is not below ${root}`);
    if (!authorizations(this.state.token).includes(request.headers.authorization ?? "")) {
      return { status: 401, body: { message: "Bad credentials" } };
    }
    const body: unknown = text === "" ? undefined : JSON.parse(text);
    const [problem] = description.problems({ method, path, query: url.searchParams, body });
    const operation = description.match(method, path);
    if (problem !== undefined || operation === null) return this.#wrong(problem ?? `${method} ${path}`);
    const handler = handlers[operation.name];
    if (handler === undefined) return this.#wrong(`${operation.name} is described, but not played`);
    const call = { values: operation.values, query: url.searchParams, body: (body ?? {}) as Call["body"] };
    return this.#checkedAnswer(operation, await handler(call, this.state, `http://${this.host}`));
  }

  /** A stand-in that answers otherwise than the public API would prove nothing. */
  #checkedAnswer(operation: MatchedOperation, answer: Answer): Answer {
    if (answer.status >= 300) return answer;
    const [problem] = this.#api.description.answerProblems(operation, answer.status, answer.body);
    return problem === undefined ? answer : this.#wrong(problem);
  }

  #wrong(problem: string): Answer {
    this.problems.push(problem);
    return { status: 418, body: { message: problem } };
  }
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
