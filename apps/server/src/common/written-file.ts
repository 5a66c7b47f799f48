import { createWriteStream, type WriteStream } from "node:fs";
import { finished } from "node:stream/promises";

/**
 * A file that is written piece by piece. What fails is thrown to whoever writes next, and by `end`: an error that a stream
 * announces while nobody listens ends the process.
 */
export class WrittenFile implements AsyncDisposable {
  readonly #stream: WriteStream;
  readonly #written: Promise<void>;

  /** @param options.flags default: the file must not exist */
  constructor(path: string, { flags = "wx", flush = true }: { flags?: string; flush?: boolean } = {}) {
    this.#stream = createWriteStream(path, { flags, mode: 0o600, flush });
    this.#written = finished(this.#stream);
    this.#written.catch(() => undefined);
  }

  /** Resolves when there is room for more. @throws the file system's error, of this piece or an earlier one */
  async write(piece: Uint8Array | string): Promise<void> {
    if (this.#stream.write(piece)) return;
    await Promise.race([new Promise<void>((resolve) => this.#stream.once("drain", resolve)), this.#written]);
  }

  /** Resolves when all of it is written. @throws the file system's error */
  async end(): Promise<void> {
    this.#stream.end();
    await this.#written;
  }

  /** Closes it, whole or not. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stream.destroy();
    await this.#written.catch(() => undefined);
  }
}
