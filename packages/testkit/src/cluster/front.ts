import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Interval of health checks, in ms. */
const CHECK_MS = 500;

/** A node that takes longer to answer is silent, in ms: a busy machine answers late. */
const SILENT_MS = 5_000;

/** A connection through the front. */
interface Passage {
  client: Socket;
  server: Socket;
}

/**
 * A simple load balancer: distributes connections in turn over nodes that answer `/health`; a node that falls silent
 * loses its connections.
 */
export class Front implements AsyncDisposable {
  readonly #nodes: string[] = [];
  readonly #healthy = new Set<string>();
  readonly #passages = new Map<string, Set<Passage>>();
  readonly #server = createServer((client) => this.#accept(client));
  readonly #closing = new AbortController();
  readonly #checks: Promise<void>[] = [];
  #next = 0;

  private constructor() {}

  static async start(): Promise<Front> {
    const front = new Front();
    front.#server.listen(0, "127.0.0.1");
    await once(front.#server, "listening");
    return front;
  }

  /** From now on this node gets connections, too. */
  add(node: string): void {
    this.#nodes.push(node);
    this.#healthy.add(node);
    this.#checks.push(this.#watch(node));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const node of this.#nodes) this.#cut(node);
    await Promise.all(this.#checks);
    await closed;
  }

  #accept(client: Socket): void {
    client.on("error", () => client.destroy());
    const node = this.#choose();
    if (node === undefined) {
      client.destroy();
      return;
    }
    const { hostname, port } = new URL(node);
    const server = connect(Number(port), hostname);
    const passage = { client, server };
    const passages = this.#passages.get(node) ?? new Set();
    this.#passages.set(node, passages.add(passage));
    server.on("error", () => {
      this.#healthy.delete(node);
      server.destroy();
    });
    for (const [end, other] of [
      [client, server],
      [server, client],
    ] as const) {
      end.once("close", () => {
        passages.delete(passage);
        other.destroy();
      });
    }
    client.pipe(server);
    server.pipe(client);
  }

  #choose(): string | undefined {
    const candidates = this.#nodes.filter((node) => this.#healthy.has(node));
    return candidates[this.#next++ % Math.max(1, candidates.length)];
  }

  async #watch(node: string): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const answer = await fetch(`${node}/health`, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(SILENT_MS)]),
      }).catch(() => undefined);
      if (answer?.ok === true) this.#healthy.add(node);
      else {
        this.#healthy.delete(node);
        this.#cut(node);
      }
      await answer?.body?.cancel();
      await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
    }
  }

  #cut(node: string): void {
    for (const { client, server } of this.#passages.get(node) ?? []) {
      client.destroy();
      server.destroy();
    }
  }
}
