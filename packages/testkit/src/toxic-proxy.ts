import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { freePort } from "./free-port.ts";
import { forward } from "./toxic-proxy/forward.ts";
import { noCounts, type ToxicCounts } from "./toxic-proxy/toxic-counts.ts";
import { healthy, type ToxicChoice } from "./toxic-proxy/toxic.ts";
import { seededRandom } from "./seeded-random.ts";

export * from "./toxic-proxy/toxic.ts";
export type { ToxicCounts } from "./toxic-proxy/toxic-counts.ts";

export interface ToxicProxyOptions {
  /** Base URL of the server behind it, `http://127.0.0.1:4400`; it need not be running yet, and may restart. */
  target: string;
  /** Default: every connection is healthy. */
  toxics?: ToxicChoice;
  /** Seed of `randomToxics`; default 1. */
  seed?: number;
}

/**
 * A TCP proxy on its own loopback port that mistreats connections on request. Host and Origin headers that name it are
 * rewritten to the server's, as by any reverse proxy.
 */
export class ToxicProxy implements AsyncDisposable {
  /** For new connections; can be replaced at any time. */
  toxics: ToxicChoice;
  readonly counts: ToxicCounts = noCounts();
  readonly #target: { host: string; port: number };
  readonly #random: () => number;
  readonly #open = new Set<Socket>();
  readonly #server = createServer((client) => void this.#accept(client));
  #port = 0;
  #hold: PromiseWithResolvers<void> | undefined;

  private constructor(options: ToxicProxyOptions) {
    const { hostname, port, protocol } = new URL(options.target);
    assert(protocol === "http:" && port !== "", `a target is http://HOST:PORT, not ${options.target}`);
    this.#target = { host: hostname, port: Number(port) };
    this.#random = seededRandom(options.seed ?? 1);
    this.toxics = options.toxics ?? healthy;
  }

  static async start(options: ToxicProxyOptions): Promise<ToxicProxy> {
    const proxy = new ToxicProxy(options);
    await proxy.accept();
    return proxy;
  }

  /** Base URL for clients, in place of the server's. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get openConnections(): number {
    return this.#open.size;
  }

  /** Stops listening: new connections are refused by the system, open ones continue. */
  async refuse(): Promise<void> {
    if (!this.#server.listening) return;
    // Its callback waits for open connections, but it stops listening immediately.
    this.#server.close();
  }

  /** Listens again, on the same port. */
  async accept(): Promise<void> {
    if (this.#server.listening) return;
    this.#port ||= await freePort();
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
  }

  /** Closes every open connection. */
  cutAll(): void {
    this.counts.cut += this.#open.size;
    for (const client of this.#open) client.destroy();
  }

  /** Holds back all responses until `release`; nothing is closed. */
  hold(): void {
    this.#hold ??= Promise.withResolvers();
  }

  release(): void {
    this.#hold?.resolve();
    this.#hold = undefined;
  }

  async close(): Promise<void> {
    this.release();
    await this.refuse();
    const closing = Array.from(this.#open, (client) => once(client, "close"));
    for (const client of this.#open) client.destroy();
    await Promise.all(closing);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #accept(client: Socket): Promise<void> {
    const { counts } = this;
    const number = ++counts.connections;
    this.#open.add(client);
    client.once("close", () => this.#open.delete(client));
    // After an error the socket closes, which everything here waits for.
    client.on("error", () => client.destroy());

    const toxics = this.toxics(number, this.#random);
    const refusal = toxics.find((toxic) => toxic.type === "unavailable");
    if (toxics.some((toxic) => toxic.type === "reset")) {
      counts.reset++;
      client.resetAndDestroy();
    } else if (refusal !== undefined) {
      counts.unavailable++;
      answerUnavailable(client, refusal.status, refusal.retryAfterS);
    } else {
      await forward({
        client,
        target: this.#target,
        toxics,
        counts,
        isReleased: async () => this.#hold?.promise,
      });
    }
  }
}

/** Responds like a reverse proxy whose server is down, once a request starts to arrive. */
function answerUnavailable(client: Socket, status: number, retryAfterS: number | undefined): void {
  client.once("data", () => {
    const retryAfter = retryAfterS === undefined ? "" : `Retry-After: ${retryAfterS}\r\n`;
    client.end(
      `HTTP/1.1 ${status} Unavailable\r\nContent-Type: text/plain\r\nContent-Length: 11\r\n` +
        `${retryAfter}Connection: close\r\n\r\nunavailable`,
    );
    // Read and drop the rest of the request: closing with unread bytes would reset the connection.
    client.resume();
  });
}
