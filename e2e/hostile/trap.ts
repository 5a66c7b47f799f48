import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

/** Chromium asks its maker about every form; no page can prevent that, and no payload causes it. */
const BROWSERS_OWN = /^CONNECT content-autofill\.googleapis\.com:443 /;

/**
 * A port that nobody should contact. It counts connections rather than requests: preconnects and TLS handshakes leak
 * something, too.
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

  /** The first line received on each connection; empty if none. */
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
