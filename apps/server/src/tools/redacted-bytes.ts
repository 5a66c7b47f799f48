import type { RedactedStream } from "../secrets/port.ts";

/**
 * Output without the server's secrets, before a part of it is left out or shown: a secret that is cut in two there is
 * found by nobody any more. Bytes pass as Latin-1, which has a character for each of them; secrets are ASCII.
 */
export class RedactedBytes {
  readonly #stream: RedactedStream;

  constructor(stream: RedactedStream) {
    this.#stream = stream;
  }

  push(bytes: Uint8Array): Uint8Array {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
    return Buffer.from(this.#stream.push(text), "latin1");
  }

  end(): Uint8Array {
    return Buffer.from(this.#stream.end(), "latin1");
  }
}
