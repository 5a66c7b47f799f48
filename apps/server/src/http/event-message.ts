import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";

const LINE_END = "\r\n";

/** A text for a stream, encoded once for all connections: as it is, and as a chunk of HTTP/1.1 (RFC 9112, section 7.1). */
export class EventMessage {
  readonly #chunk: Buffer;
  readonly #start: number;

  /** @param text not empty: an empty chunk would end the body. */
  constructor(text: string) {
    assert(text !== "");
    const length = Buffer.byteLength(text);
    const head = length.toString(16) + LINE_END;
    this.#start = head.length;
    this.#chunk = Buffer.allocUnsafe(head.length + length + LINE_END.length);
    this.#chunk.write(head, "latin1");
    this.#chunk.write(text, head.length);
    this.#chunk.write(LINE_END, head.length + length, "latin1");
  }

  /**
   * Writes it to a response whose headers are written.
   * @returns false: wait for `drained` before the next one.
   */
  writeTo(response: ServerResponse): boolean {
    const { socket } = response;
    // Node's own way to write a chunk makes four writes of it, which takes twice the CPU. What still waits in the response
    // (its headers, or all of it where it is not yet its turn on the connection) must not be overtaken.
    const isReady =
      socket?.writable === true && response.headersSent && response.writableLength === socket.writableLength;
    if (isReady && response.chunkedEncoding) return socket.write(this.#chunk);
    return response.write(this.#chunk.subarray(this.#start, -LINE_END.length));
  }
}

/** Whether the connection has more to send than it should. */
export function needsDrain(response: ServerResponse): boolean {
  return response.writableNeedDrain || response.socket?.writableNeedDrain === true;
}

/** Resolves when the connection takes more, or at the signal. */
export async function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  if (signal.aborted || !needsDrain(response)) return;
  const { socket } = response;
  const source = response.writableNeedDrain || socket === null ? response : socket;
  await new Promise<void>((resolve) => {
    const settle = (): void => {
      source.off("drain", settle);
      signal.removeEventListener("abort", settle);
      resolve();
    };
    source.on("drain", settle);
    signal.addEventListener("abort", settle);
  });
}
