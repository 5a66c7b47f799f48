import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
} from "node:http2";
import { connect as connectTcp } from "node:net";
import { text } from "node:stream/consumers";
import { connect as connectTls } from "node:tls";

type Headers = IncomingHttpHeaders & IncomingHttpStatusHeader;

export interface Http2Answer {
  status: number;
  headers: Headers;
  body: string;
}

interface Http2Options {
  /** As the certificate names it. */
  host: string;
  port: number;
  certificate: string;
  /** Where requests come from. */
  localAddress: string;
}

/** One HTTP/2 connection over TLS for everything, as a browser has; where it is lost, the next request opens another. */
export class Http2Client implements Disposable {
  readonly #options: Http2Options;
  #session: ClientHttp2Session | undefined;
  #connections = 0;

  constructor(options: Http2Options) {
    this.#options = options;
  }

  /** Connections that were opened so far. */
  get connections(): number {
    return this.#connections;
  }

  /** @returns the stream once its headers are here. */
  async open(
    headers: Record<string, string>,
    body?: string,
  ): Promise<{ stream: ClientHttp2Stream; headers: Headers }> {
    const stream = this.#connected().request(headers);
    const { promise, resolve, reject } = Promise.withResolvers<Headers>();
    stream.once("response", resolve);
    stream.once("error", reject);
    stream.once("close", () => reject(new Error("the stream ended before its headers")));
    stream.end(body);
    return { headers: await promise, stream };
  }

  async send(headers: Record<string, string>, body?: string): Promise<Http2Answer> {
    const answer = await this.open(headers, body);
    const status = Number(answer.headers[":status"]);
    return { status, headers: answer.headers, body: await text(answer.stream) };
  }

  [Symbol.dispose](): void {
    this.#session?.destroy();
  }

  #connected(): ClientHttp2Session {
    const known = this.#session;
    if (known !== undefined && !known.closed && !known.destroyed) return known;
    const { host, port, certificate, localAddress } = this.#options;
    this.#connections += 1;
    const session = connect(`https://${host}:${port}`, {
      createConnection: () =>
        connectTls({
          socket: connectTcp({ host: "127.0.0.1", port, localAddress }),
          servername: host,
          ca: certificate,
          ALPNProtocols: ["h2"],
        }),
    });
    // Whoever has a stream on it is told by the stream.
    session.on("error", () => undefined);
    // Open streams go on, new ones go elsewhere: what a reload asks for.
    session.on("goaway", () => {
      if (this.#session === session) this.#session = undefined;
    });
    this.#session = session;
    return session;
  }
}
