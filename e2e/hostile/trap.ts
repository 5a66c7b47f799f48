import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

/** Chromium asks its maker about every form that it sees; no page can stop that, and no payload can cause it. */
const BROWSERS_OWN = /^CONNECT content-autofill\.googleapis\.com:443 /;

/**
 * A port on which nobody has any business. It counts connections and not requests: one that is opened ahead of time, and
 * the beginning of a TLS handshake, tell somebody something, too.
 */
export class Trap implements AsyncDisposable {
  readonly #lines: string[] = [];
  readonly #server = createServer((socket) => this.#note(socket));
  readonly #sockets = new Set<Socket>();

  static async start(): Promise<Trap> {
    const trap = new Trap();
    trap.#server.listen(0, "127.0.0.1");
    await once(trap.#server, "listening");
    return trap;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The first line of what came in by each connection; empty where nothing did. */
  get caught(): string[] {
    return this.#lines.filter((line) => !BROWSERS_OWN.test(line));
  }

  #note(socket: Socket): void {
    const place = this.#lines.push("") - 1;
    this.#sockets.add(socket);
    socket.once("data", (bytes) => {
      this.#lines[place] = bytes.toString("latin1").split("\r\n", 1)[0] ?? "";
      socket.destroy();
    });
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#sockets.delete(socket));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}
