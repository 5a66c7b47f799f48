import type { RedactedStream } from "../secrets/port.ts";

/**
 * Redacts the server's secrets from output before it is truncated or split: half a secret would not be recognised.
 * Bytes are treated as Latin-1; secrets are ASCII.
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
