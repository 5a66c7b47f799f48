import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** In front of a server: lets this many imports through, and keeps what comes then waiting until it is opened. */
export class ImportGate implements AsyncDisposable {
  readonly #target: string;
  readonly #opened = Promise.withResolvers<void>();
  readonly #closed = Promise.withResolvers<void>();
  readonly #server = createServer((request, response) => void this.#pass(request, response));
  #left: number;

  private constructor(target: string, imports: number) {
    this.#target = target;
    this.#left = imports;
  }

  static async start(target: string, imports: number): Promise<ImportGate> {
    const gate = new ImportGate(target, imports);
    gate.#server.listen(0, "127.0.0.1");
    await once(gate.#server, "listening");
    return gate;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Once all of them are through, and another one waits. */
  get isClosed(): Promise<void> {
    return this.#closed.promise;
  }

  open(): void {
    this.#opened.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.open();
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = "", method = "GET" } = request;
    try {
      const body = await buffer(request);
      if (url.endsWith("/sessions/import") && this.#left-- <= 0) {
        this.#closed.resolve();
        await this.#opened.promise;
      }
      const { authorization = "", "content-type": type = "application/json" } = request.headers;
      const answer = await fetch(this.#target + url, {
        method,
        headers: { authorization, "content-type": type },
        ...(method !== "GET" && { body }),
      });
      const answered = await answer.bytes();
      response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "" });
      response.end(answered);
    } catch {
      response.destroy();
    }
  }
}
