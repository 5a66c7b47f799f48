import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** What happens to a commit whose answer is lost. */
export type Cut =
  /** It reaches the server, which executes it. */
  | "answer"
  /** It does not, and the server sees the client disconnect. */
  | "request"
  /** It does not, and the server sees nothing: its end of the connection stays open. */
  | "silence"
  /** Neither end sees anything, until one of them disconnects. */
  | "pause";

/** Sits between a store and its PostgreSQL; on request, breaks the connection of the next COMMIT. */
export class CuttingProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #to: number;
  readonly #sockets = new Set<Socket>();
  #next: { cut: Cut; done: () => void } | undefined;

  private constructor(to: number) {
    this.#to = to;
    this.#server = createServer((client) => this.#serve(client));
  }

  /** @param to PostgreSQL's port on loopback. */
  static async start(to: number): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(to);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  /** @returns the URL through this proxy. */
  through(url: string): string {
    const by = new URL(url);
    by.port = String((this.#server.address() as AddressInfo).port);
    return by.href;
  }

  /** Resolves when it has happened. */
  async cutNextCommit(cut: Cut): Promise<void> {
    await new Promise<void>((done) => {
      this.#next = { cut, done };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #serve(client: Socket): void {
    const server = connect(this.#to, "127.0.0.1");
    let isCut = false;
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => this.#sockets.delete(socket));
    }
    client.on("data", (bytes) => {
      const next = this.#next;
      if (next === undefined || isCut || !bytes.includes("commit\0")) {
        if (!isCut) server.write(bytes);
        return;
      }
      isCut = true;
      this.#next = undefined;
      const drop = (): void => {
        client.destroy();
        next.done();
      };
      switch (next.cut) {
        case "answer":
          // The answer to COMMIT ends with the server ready and outside a transaction.
          server.on("data", (answer: Buffer) => {
            if (!answer.subarray(-6).equals(READY_AND_IDLE)) return;
            server.destroy();
            drop();
          });
          server.write(bytes);
          break;
        case "request":
          server.destroy();
          drop();
          break;
        case "silence":
          drop();
          break;
        case "pause":
          next.done();
          break;
      }
    });
    server.on("data", (bytes) => {
      if (!isCut) client.write(bytes);
    });
    client.on("close", () => {
      if (!isCut) server.destroy();
    });
    server.on("close", () => client.destroy());
  }
}

/** `ReadyForQuery`: https://www.postgresql.org/docs/current/protocol-message-formats.html */
const READY_AND_IDLE = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);
