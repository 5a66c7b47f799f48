import { randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { filePieces } from "../files/file-pieces.ts";

/** An output on its way to being kept: in memory while it is short, then in a file. */
export class OutputSpool implements AsyncDisposable {
  readonly #directory: string;
  readonly #limits: { memoryBytes: number; maxBytes: number };
  #pieces: Buffer[] = [];
  #file: { handle: FileHandle; path: string } | undefined;
  #writing: Promise<void> = Promise.resolve();
  #bytes = 0;
  #failed = false;
  /** It is longer than what is kept. */
  isCut = false;

  /** @param limits `memoryBytes`: shorter outputs need no file, and are not kept. */
  constructor(directory: string, limits: { memoryBytes: number; maxBytes: number }) {
    this.#directory = directory;
    this.#limits = limits;
  }

  /** Bytes that are kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether it is too long for memory, and whole up to its limit. */
  get isWorthKeeping(): boolean {
    return this.#file !== undefined && !this.#failed;
  }

  /** @param bytes valid until this returns. @returns a promise to await before the next call; it never rejects. */
  push(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#failed) return undefined;
    const room = this.#limits.maxBytes - this.#bytes;
    if (bytes.length > room) this.isCut = true;
    if (room <= 0) return undefined;
    const piece = Buffer.from(bytes.subarray(0, room));
    this.#bytes += piece.length;
    this.#pieces.push(piece);
    if (this.#file === undefined && this.#bytes <= this.#limits.memoryBytes) return undefined;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  /** All of it, for one reader. */
  async *read(): AsyncGenerator<Uint8Array, void> {
    await this.#writing;
    if (this.#file !== undefined) yield* filePieces(this.#file.handle, this.#bytes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing;
    await this.#file?.handle.close();
    if (this.#file !== undefined) await rm(this.#file.path, { force: true });
  }

  /** A disk that is full costs the command nothing: its output is then not kept whole. */
  async #write(): Promise<void> {
    const pieces = this.#pieces;
    this.#pieces = [];
    if (this.#failed || pieces.length === 0) return;
    try {
      this.#file ??= await this.#open();
      await this.#file.handle.writeFile(Buffer.concat(pieces));
    } catch {
      this.#failed = true;
    }
  }

  async #open(): Promise<{ handle: FileHandle; path: string }> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const path = join(this.#directory, randomUUID());
    return { handle: await open(path, "wx+", 0o600), path };
  }
}
