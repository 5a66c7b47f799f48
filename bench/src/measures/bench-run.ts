import { join } from "node:path";
import { ServerFixture, type FakeProviderProcess } from "@trunkline/testkit";
import { HttpCalls, tookMs } from "../processes/http-calls.ts";
import { Remote } from "../processes/remote.ts";
import type { SubscribersProtocol } from "../processes/subscribers-protocol.ts";
import type { SseRequest } from "../reader/sse-connection.ts";
import type { SuiteOptions } from "../run-suite.ts";
import type { RawProtocol } from "../yardstick/raw-protocol.ts";

/** Shared by all measures: starts and addresses servers and readers. */
export class BenchRun {
  readonly quick: boolean;
  readonly #profileDir: string | undefined;

  constructor({ quick, profileDir }: SuiteOptions) {
    this.quick = quick;
    this.#profileDir = profileDir;
  }

  /** The whole server with its own data directory. All tasks of a measure may run at once. */
  async startServer(
    options: { provider?: FakeProviderProcess; dataDir?: string; env?: Record<string, string> } = {},
  ): Promise<Server> {
    const { provider, dataDir, env } = options;
    const profile = this.#profileDir === undefined ? [] : ["--cpu-prof", "--cpu-prof-dir", this.#profileDir];
    const fixture = await ServerFixture.start({
      dataDir,
      nodeOptions: profile,
      env: {
        TRUNKLINE_CONCURRENCY: "128",
        TRUNKLINE_STREAMS_PER_USER: "10000",
        TRUNKLINE_REQUESTS_PER_MINUTE: "100000000",
        TRUNKLINE_MODEL: "demo",
        ...provider?.serverEnv,
        ...env,
      },
    });
    return new Server(fixture);
  }

  async startRaw(): Promise<Raw> {
    const remote = new Remote<RawProtocol>("raw-server.ts");
    const { port } = await remote.ask("start", {});
    return new Raw(remote, port);
  }

  startSubscribers(): Remote<SubscribersProtocol> {
    return new Remote<SubscribersProtocol>("subscribers.ts");
  }
}

/** Our server. */
export class Server implements AsyncDisposable {
  readonly fixture: ServerFixture;
  readonly calls: HttpCalls;

  constructor(fixture: ServerFixture) {
    this.fixture = fixture;
    this.calls = new HttpCalls(fixture.url, this.#authorization());
  }

  get pid(): number {
    return this.fixture.pid;
  }

  /** Path of the embedded database. */
  get databasePath(): string {
    return join(this.fixture.dataDir, "trunkline.db");
  }

  async createSessions(count: number): Promise<string[]> {
    const { client } = this.fixture;
    const sessions = await Promise.all(Array.from({ length: count }, () => client.session.create.mutate({})));
    return sessions.map(({ id }) => id);
  }

  /** @param after seq of the last event that the subscriber has; 0: from the beginning. */
  subscription(sessionId: string, after = 0): SseRequest {
    return this.stream("session.subscribe", after === 0 ? { sessionId } : { sessionId, lastEventId: after });
  }

  /** A subscription by name and input. */
  stream(procedure: string, input?: object): SseRequest {
    const { hostname, port } = new URL(this.fixture.url);
    const query = input === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify(input))}`;
    return {
      host: hostname,
      port: Number(port),
      path: `/trpc/${procedure}${query}`,
      headers: this.#authorization(),
    };
  }

  /** Calls a query. @returns its result, and how long it took in ms. */
  async query(procedure: string, input: object): Promise<{ data: unknown; ms: number }> {
    const path = `/trpc/${procedure}?input=${encodeURIComponent(JSON.stringify(input))}`;
    const answer = await this.calls.get(path);
    return { data: (answer.json as { result: { data: unknown } }).result.data, ms: tookMs(answer) };
  }

  /** Calls a mutation. @returns its result, and how long it took in ms. */
  async mutate(procedure: string, input: object): Promise<{ data: unknown; ms: number }> {
    const answer = await this.calls.post(`/trpc/${procedure}`, input);
    return { data: (answer.json as { result: { data: unknown } }).result.data, ms: tookMs(answer) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.calls[Symbol.dispose]();
    await this.fixture[Symbol.asyncDispose]();
  }

  #authorization(): Record<string, string> {
    return { authorization: `Bearer ${this.fixture.token}` };
  }
}

/** The raw yardstick server. */
export class Raw implements AsyncDisposable {
  readonly remote: Remote<RawProtocol>;
  readonly url: string;
  readonly calls: HttpCalls;
  readonly #port: number;

  constructor(remote: Remote<RawProtocol>, port: number) {
    this.remote = remote;
    this.#port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.calls = new HttpCalls(this.url);
  }

  get pid(): number {
    return this.remote.pid;
  }

  stream(path: string): SseRequest {
    return { host: "127.0.0.1", port: this.#port, path, headers: {} };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.calls[Symbol.dispose]();
    await this.remote.close();
  }
}
