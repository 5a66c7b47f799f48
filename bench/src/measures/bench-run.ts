import { join } from "node:path";
import { ServerFixture, type FakeProviderProcess } from "@trunkline/testkit";
import { HttpCalls } from "../processes/http-calls.ts";
import { Remote } from "../processes/remote.ts";
import type { SubscribersProtocol } from "../processes/subscribers-protocol.ts";
import type { SseRequest } from "../reader/sse-connection.ts";
import type { RawProtocol } from "../yardstick/raw-protocol.ts";

export interface BenchOptions {
  quick: boolean;
  /** Directory for the server's CPU profiles, one per start; absent: it runs unprofiled. */
  profileDir: string | undefined;
}

/** What all measures share: how the servers under test and the readers are started and addressed. */
export class BenchRun {
  readonly quick: boolean;
  readonly #profileDir: string | undefined;

  constructor({ quick, profileDir }: BenchOptions) {
    this.quick = quick;
    this.#profileDir = profileDir;
  }

  /** The whole server with a data directory of its own. All tasks of a measure may work at once. */
  async startServer(options: { provider?: FakeProviderProcess; dataDir?: string } = {}): Promise<Server> {
    const { provider, dataDir } = options;
    const profile = this.#profileDir === undefined ? [] : ["--cpu-prof", "--cpu-prof-dir", this.#profileDir];
    const fixture = await ServerFixture.start({
      dataDir,
      nodeOptions: profile,
      env: {
        TRUNKLINE_CONCURRENCY: "128",
        TRUNKLINE_STREAMS_PER_USER: "10000",
        TRUNKLINE_MODEL: "demo",
        ...provider?.serverEnv,
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

/** Our server, as the measures use it. */
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

  subscription(sessionId: string): SseRequest {
    const { hostname, port } = new URL(this.fixture.url);
    const input = encodeURIComponent(JSON.stringify({ sessionId }));
    return {
      host: hostname,
      port: Number(port),
      path: `/trpc/session.subscribe?input=${input}`,
      headers: this.#authorization(),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.calls[Symbol.dispose]();
    await this.fixture[Symbol.asyncDispose]();
  }

  #authorization(): Record<string, string> {
    return { authorization: `Bearer ${this.fixture.token}` };
  }
}

/** The raw yardstick server, as the measures use it. */
export class Raw implements AsyncDisposable {
  readonly remote: Remote<RawProtocol>;
  readonly calls: HttpCalls;
  readonly #port: number;

  constructor(remote: Remote<RawProtocol>, port: number) {
    this.remote = remote;
    this.#port = port;
    this.calls = new HttpCalls(`http://127.0.0.1:${port}`);
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
