import { connect, type Socket } from "node:net";
import { ChunkedBody } from "./chunked-body.ts";
import { SseFrames } from "./sse-frames.ts";

export interface SseRequest {
  host: string;
  port: number;
  /** Including the query. */
  path: string;
  headers: Readonly<Record<string, string>>;
}

export interface SseListener {
  /** A message without its blank line; the bytes are only valid during the call. */
  onFrame(frame: Buffer): void;
  /** The stream ended or failed to start. Called once. */
  onEnd(error: Error): void;
}

const HEAD_END = Buffer.from("\r\n\r\n");
/** Shared by all connections of the process: reads are handled one at a time. */
const readBuffer = Buffer.allocUnsafe(256 * 1024);

/**
 * One stream over a raw socket. The client's CPU is taken from the server on the same machine, so this does the
 * minimum: no streams, no strings, one buffer for all connections.
 */
export class SseConnection {
  readonly #listener: SseListener;
  readonly #frames = new SseFrames();
  readonly #socket: Socket;
  #head: Buffer | undefined = Buffer.alloc(0);
  #chunked: ChunkedBody | undefined;
  #over = false;

  constructor({ host, port, path, headers }: SseRequest, listener: SseListener) {
    this.#listener = listener;
    const fields = Object.entries({ host: `${host}:${port}`, accept: "text/event-stream", ...headers });
    this.#socket = connect({
      host,
      port,
      noDelay: true,
      onread: {
        buffer: readBuffer,
        callback: (length, buffer) => {
          this.#read(Buffer.from(buffer.buffer, buffer.byteOffset, length));
          return true;
        },
      },
    });
    this.#socket.once("error", (error) => this.#end(error));
    this.#socket.once("close", () => this.#end(new Error("the server closed the stream")));
    const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`);
    this.#socket.write(`GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`);
  }

  close(): void {
    this.#over = true;
    this.#socket.destroy();
  }

  #read(bytes: Buffer): void {
    if (this.#over) return;
    const body = this.#head === undefined ? bytes : this.#readHead(bytes);
    if (body === undefined) return;
    const end = this.#chunked === undefined ? body.length : this.#chunked.compact(body, 0, body.length);
    this.#frames.read(body.subarray(0, end), (frame) => this.#listener.onFrame(frame));
    if (this.#chunked?.ended === true) this.#end(new Error("the server ended the stream"));
  }

  /** @returns what follows the headers; undefined while they are incomplete. */
  #readHead(bytes: Buffer): Buffer | undefined {
    const head = Buffer.concat([this.#head ?? Buffer.alloc(0), bytes]);
    const end = head.indexOf(HEAD_END);
    this.#head = head;
    if (end === -1) return undefined;
    this.#head = undefined;
    const text = head.toString("latin1", 0, end);
    if (!text.startsWith("HTTP/1.1 200 ")) {
      this.#end(new Error(`instead of a stream came: ${head.toString("utf8").slice(0, 500)}`));
      return undefined;
    }
    if (/^transfer-encoding:\s*chunked\s*$/im.test(text)) this.#chunked = new ChunkedBody();
    return head.subarray(end + HEAD_END.length);
  }

  #end(error: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#socket.destroy();
    this.#listener.onEnd(error);
  }
}
