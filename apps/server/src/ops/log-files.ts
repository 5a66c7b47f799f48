import { createStream, type RotatingFileStream } from "rotating-file-stream";

/** Name of the current file; older ones have a number added, the newest 1. */
export const LOG_FILE = "trunkline.log";

/** Together at most 60 MB. */
const FILE_SIZE = "10M";
const OLD_FILES = 5;
/** Maximum buffered while the disk is slow; the rest is dropped. In bytes. */
const MAX_WAITING_BYTES = 4_000_000;
/** After a failed write, e.g. on a full disk, in ms. */
const RETRY_MS = 10_000;

/** The log as files in a directory, rotated by size. A disk that refuses loses lines, and stops nobody. */
export class LogFiles {
  readonly #directory: string;
  #stream: RotatingFileStream | undefined;
  #failedAt = -Infinity;
  /** Lines of this turn of the event loop: under load a write to the file costs more than the line itself. */
  #waiting = "";

  constructor(directory: string) {
    this.#directory = directory;
    // Even where there is nothing to say yet, there is a log to be followed.
    this.#opened();
  }

  write(line: string): void {
    if (this.#waiting === "") setImmediate(() => this.#flush());
    this.#waiting += line;
  }

  /** Resolves once all lines are written. */
  async close(): Promise<void> {
    this.#flush();
    const stream = this.#stream;
    if (stream === undefined) return;
    await new Promise<void>((resolve) => {
      stream.once("close", resolve).once("error", () => resolve());
      stream.end();
    });
  }

  #flush(): void {
    const lines = this.#waiting;
    this.#waiting = "";
    const stream = lines === "" ? undefined : this.#opened();
    if (stream !== undefined && stream.writableLength < MAX_WAITING_BYTES) stream.write(lines);
  }

  #opened(): RotatingFileStream | undefined {
    if (this.#stream !== undefined) return this.#stream;
    if (performance.now() - this.#failedAt < RETRY_MS) return undefined;
    const stream = createStream(LOG_FILE, {
      path: this.#directory,
      size: FILE_SIZE,
      rotate: OLD_FILES,
      mode: 0o600,
    });
    stream.on("error", () => {
      // There is nowhere to say so but the other output, which has the lines themselves.
      this.#stream = undefined;
      this.#failedAt = performance.now();
      stream.destroy();
    });
    this.#stream = stream;
    return stream;
  }
}
