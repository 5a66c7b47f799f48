import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Server, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { forwardRequest } from "./forward.ts";
import { type Gatekeeper, Refused } from "./gatekeeper.ts";
import type { ProxyLimits } from "./limits.ts";
import type { OwnService } from "./port.ts";
import { PROXY_PORT } from "./proxy-environment.ts";
import { TransferBudget } from "./transfer.ts";
import { carryTunnel } from "./tunnel.ts";

/** Of what the others leave, so much for one owner. */
const SHARE = 1 / 2;

/** Connections of all commands, of which there may be so many at once, and nobody's commands keep all others' from theirs. */
export class ConnectionCount {
  readonly #ofOwners = new Map<string, number>();
  #open = 0;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @returns false if there are too many; otherwise it counts until it closes. */
  admit(socket: Socket, ownerId: string): boolean {
    const own = this.#ofOwners.get(ownerId) ?? 0;
    const left = this.#limit - (this.#open - own);
    if (this.#open >= this.#limit || own >= left * SHARE) return false;
    this.#add(ownerId, 1);
    socket.once("close", () => this.#add(ownerId, -1));
    return true;
  }

  #add(ownerId: string, more: number): void {
    this.#open += more;
    const own = (this.#ofOwners.get(ownerId) ?? 0) + more;
    if (own > 0) this.#ofOwners.set(ownerId, own);
    else this.#ofOwners.delete(ownerId);
  }
}

interface CommandProxyOptions {
  /** Whose command it is. */
  ownerId: string;
  gatekeeper: Gatekeeper;
  count: ConnectionCount;
  limits: ProxyLimits;
  /** Gets requests for the proxy itself; absent: they are refused. */
  answerItself?: OwnService["handle"] | undefined;
}

/**
 * The proxy of one command: `CONNECT host:443` for TLS, and absolute-form requests for plain HTTP (RFC 9110, section
 * 7.6). It runs in the server, outside the sandbox, and hears on a socket that was opened inside.
 */
export class CommandProxy {
  readonly budget: TransferBudget;
  readonly #gatekeeper: Gatekeeper;
  readonly #limits: ProxyLimits;
  readonly #answerItself: OwnService["handle"] | undefined;
  readonly #server;
  readonly #sockets = new Set<Socket>();
  /** Tunnels to the proxy itself. */
  readonly #own = new WeakSet<Socket>();
  readonly #ending = new AbortController();

  constructor({ ownerId, gatekeeper, count, limits, answerItself }: CommandProxyOptions) {
    this.#gatekeeper = gatekeeper;
    this.#limits = limits;
    this.#answerItself = answerItself;
    this.budget = new TransferBudget(limits);
    this.#server = createServer({
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headerMs,
      // A long upload is no slow one: idle connections are ended below.
      requestTimeout: 0,
      keepAliveTimeout: limits.headerMs,
      connectionsCheckingInterval: limits.headerMs / 5,
      insecureHTTPParser: false,
    });
    this.#server.maxConnections = limits.connections;
    this.#server.on("connection", (socket: Socket) => {
      // It was counted before it asked for the proxy itself.
      if (this.#own.has(socket)) return;
      if (!count.admit(socket, ownerId)) return void socket.destroy();
      this.#keep(socket);
    });
    this.#server.on("connect", (request: IncomingMessage, client: Duplex, head: Buffer) => {
      void this.#onConnect(request, client as Socket, head);
    });
    this.#server.on("request", (request, response) => void this.#onRequest(request, response));
  }

  /** @param listener listening; it is taken over. */
  serve(listener: Server): void {
    this.#server.listen(listener);
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    this.#ending.abort(new Error("the command has ended"));
    for (const socket of this.#sockets) socket.destroy();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }

  async #onConnect(request: IncomingMessage, client: Socket, head: Buffer): Promise<void> {
    try {
      if (this.#answerItself !== undefined && OWN_AUTHORITIES.includes(request.url ?? "")) {
        // Some clients ask the proxy for everything, itself included; a tunnel within a tunnel would grow without end.
        if (this.#own.has(client)) throw new Refused(400, "This is the proxy already");
        this.#own.add(client);
        client.write("HTTP/1.1 200 Connection established\r\n\r\n");
        client.unshift(head);
        return void this.#server.emit("connection", client);
      }
      const { host, port } = readAuthority(request.url ?? "");
      const { to, socket: upstream } = await this.#open(host, port);
      if (client.destroyed) return void upstream.destroy();
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      const { budget } = this;
      await carryTunnel(client, upstream, {
        to,
        head,
        gatekeeper: this.#gatekeeper,
        budget,
        limits: this.#limits,
      });
    } catch (error) {
      const { status, message } = answerTo(error);
      const body = `${message}\n`;
      client.end(
        `HTTP/1.1 ${status} ${REASON_PHRASES[status] ?? "Refused"}\r\nContent-Type: text/plain; charset=utf-8\r\n` +
          `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
      );
    }
  }

  async #onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const own = this.#answerItself === undefined ? null : ownPath(request.url ?? "");
      if (own !== null) {
        request.url = own;
        return this.#answerItself?.(request, response);
      }
      const url = readTarget(request);
      const port = url.port === "" ? 80 : Number(url.port);
      const { to, socket: upstream } = await this.#open(url.hostname, port);
      if (response.destroyed) return void upstream.destroy();
      url.hostname = to.host;
      const { budget } = this;
      await forwardRequest(request, response, {
        url,
        upstream,
        budget,
        limits: this.#limits,
        signal: this.#ending.signal,
      });
    } catch (error) {
      const { status, message } = answerTo(error);
      if (response.headersSent) return void response.destroy();
      response.writeHead(status, { "content-type": "text/plain; charset=utf-8", connection: "close" });
      response.end(`${message}\n`);
    }
  }

  async #open(host: string, port: number) {
    if (this.budget.isSpent) throw new Refused(403, "This command has used up what it may transfer");
    const opened = await this.#gatekeeper.open(host, port, this.#ending.signal);
    this.#keep(opened.socket);
    return opened;
  }

  #keep(socket: Socket): void {
    if (this.#ending.signal.aborted) socket.destroy();
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    // They close, which is what is waited for.
    socket.on("error", () => undefined);
  }
}

/** Where clients find the proxy, as they name it. */
const OWN_AUTHORITIES: readonly string[] = [`127.0.0.1:${PROXY_PORT}`, `localhost:${PROXY_PORT}`];

/** @returns the path that is asked of the proxy itself; null: somebody else is asked. */
function ownPath(url: string): string | null {
  if (url.startsWith("/")) return url;
  const own = OWN_AUTHORITIES.map((authority) => `http://${authority}/`).find((base) => url.startsWith(base));
  return own === undefined ? null : url.slice(own.length - 1);
}

const REASON_PHRASES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  403: "Forbidden",
  502: "Bad Gateway",
};

/** @throws Refused unless it is `host:port`. */
function readAuthority(text: string): { host: string; port: number } {
  const [, host = "", digits = ""] = /^([^\s/?#@:]+|\[[0-9a-f:.]+\]):(\d{1,5})$/i.exec(text) ?? [];
  const port = Number(digits);
  if (host === "" || port < 1 || port > 65_535) throw new Refused(400, "CONNECT takes HOST:PORT");
  return { host, port };
}

/** @throws Refused */
function readTarget({ url: text = "", headers }: IncomingMessage): URL {
  // Node passes others on, and reads their body to the end of the connection.
  if (!["chunked", undefined].includes(headers["transfer-encoding"]?.toLowerCase())) {
    throw new Refused(400, "A body comes with its length, or chunked");
  }
  const url = /^http:\/\//i.test(text) ? URL.parse(text) : null;
  if (url === null) {
    throw new Refused(
      400,
      "This is a proxy: it takes http:// requests in absolute form, and CONNECT for https",
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw new Refused(400, "A URL with a user name or a password in it is not sent: use a header");
  }
  return url;
}

function answerTo(error: unknown): { status: number; message: string } {
  if (error instanceof Refused) return error;
  return { status: 502, message: error instanceof Error ? error.message : String(error) };
}
