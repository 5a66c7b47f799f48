import { Agent, request } from "node:http";
import { monotonicMicros } from "@trunkline/testkit";

export interface Answer {
  json: unknown;
  /** On the clock of `monotonicMicros`. */
  startedAtUs: number;
  /** When the last byte had arrived. */
  answeredAtUs: number;
}

export function tookMs({ startedAtUs, answeredAtUs }: Answer): number {
  return (answeredAtUs - startedAtUs) / 1_000;
}

/** Calls over keep-alive connections, like the clients of a busy server. */
export class HttpCalls implements Disposable {
  readonly #url: string;
  readonly #headers: Record<string, string>;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(url: string, headers: Record<string, string> = {}) {
    this.#url = url;
    this.#headers = headers;
  }

  /** Opens this many connections before anything is timed. */
  async warm(connections: number): Promise<void> {
    await Promise.all(Array.from({ length: connections }, () => this.get("/health")));
  }

  get(path: string): Promise<Answer> {
    return this.#call("GET", path, undefined);
  }

  post(path: string, body: unknown): Promise<Answer> {
    return this.#call("POST", path, JSON.stringify(body));
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }

  /** @throws Error with the response if its status is not 200. */
  async #call(method: string, path: string, body: string | undefined): Promise<Answer> {
    const startedAtUs = monotonicMicros();
    const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
    const headers =
      body === undefined
        ? this.#headers
        : {
            ...this.#headers,
            "content-type": "application/json",
            "content-length": String(Buffer.byteLength(body)),
          };
    const call = request(this.#url + path, { method, headers, agent: this.#agent }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (piece: string) => {
        text += piece;
      });
      response.once("end", () => resolve({ status: response.statusCode ?? 0, text }));
      response.once("error", reject);
    });
    // The server closes what was idle for a while, which may cross with the next request on it.
    let isStale = false;
    call.once("error", (error: NodeJS.ErrnoException) => {
      isStale = call.reusedSocket && error.code === "ECONNRESET";
      reject(error);
    });
    call.end(body);
    const answer = await promise.catch((error: unknown) => {
      if (!isStale) throw error;
    });
    if (answer === undefined) return this.#call(method, path, body);
    const { status, text } = answer;
    const answeredAtUs = monotonicMicros();
    if (status !== 200) throw new Error(`${method} ${path.slice(0, 80)}: ${status} ${text.slice(0, 500)}`);
    return { json: JSON.parse(text), startedAtUs, answeredAtUs };
  }
}
