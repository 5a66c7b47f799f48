import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A proxy before a server, which lets a test decide about each request before it is passed on. */
export class Gate implements AsyncDisposable {
  readonly #server: Server;
  readonly #target: URL;
  readonly #answers = new Map<ServerResponse, string>();
  /** Changes the request, or keeps it waiting. */
  pass: (request: IncomingMessage) => Promise<void> = async () => undefined;

  private constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer((from, to) => void this.#forward(from, to));
  }

  static async start(target: string): Promise<Gate> {
    const gate = new Gate(target);
    gate.#server.listen(0, "127.0.0.1");
    await once(gate.#server, "listening");
    return gate;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Cuts the answers that still come, of the procedure. */
  cut(procedure: string): void {
    for (const [answer, url] of this.#answers) if (url.includes(procedure)) answer.destroy();
  }

  async #forward(from: IncomingMessage, to: ServerResponse): Promise<void> {
    const url = from.url ?? "";
    this.#answers.set(to, url);
    to.once("close", () => this.#answers.delete(to));
    await this.pass(from);
    const { hostname, port } = this.#target;
    const headers = { ...from.headers, host: this.#target.host };
    const onward = request({ hostname, port, path: url, method: from.method, headers }, (answer) => {
      to.writeHead(answer.statusCode ?? 502, answer.headers);
      to.flushHeaders();
      answer.pipe(to);
      answer.once("error", () => to.destroy());
    });
    onward.once("error", () => to.destroy());
    to.once("close", () => onward.destroy());
    from.pipe(onward);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}
