import type { FileHandle } from "node:fs/promises";
import { withoutNul } from "../output-text.ts";

/** Most that is read at a time, and most of one line, in characters. */
const MAX_LENGTH = 65_536;
const MAX_LINE_LENGTH = 8_192;

const CHUNK_BYTES = 65_536;

export interface LinesRead {
  lines: string[];
  /** Number of the first line that was left out, or null at the end of the file. */
  next: number | null;
  /** Its beginning holds a NUL, as no text does. */
  isBinary: boolean;
}

/** Reads lines from number `offset` (from 1) on, a piece of the file in memory at a time. */
export async function readLines(
  handle: FileHandle,
  offset: number,
  limit: number,
  signal: AbortSignal,
): Promise<LinesRead> {
  const collector = new LineCollector(offset, limit);
  const decoder = new TextDecoder();
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let isFirst = true; !collector.isFull; isFirst = false) {
    signal.throwIfAborted();
    const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES);
    const bytes = buffer.subarray(0, bytesRead);
    if (isFirst && bytes.includes(0)) return { lines: [], next: null, isBinary: true };
    if (bytesRead === 0) {
      collector.end(decoder.decode());
      break;
    }
    collector.push(decoder.decode(bytes, { stream: true }));
  }
  return { lines: collector.lines, next: collector.next, isBinary: false };
}

class LineCollector {
  readonly lines: string[] = [];
  readonly #offset: number;
  readonly #limit: number;
  #number = 1;
  #length = 0;
  /** Of the line that has begun: what is shown of it, and how long it really is. */
  #line = "";
  #lineLength = 0;
  isFull = false;

  constructor(offset: number, limit: number) {
    this.#offset = offset;
    this.#limit = limit;
  }

  get next(): number | null {
    return this.isFull ? this.#offset + this.lines.length : null;
  }

  push(text: string): void {
    let begin = 0;
    for (let end = text.indexOf("\n"); end >= 0 && !this.isFull; end = text.indexOf("\n", begin)) {
      this.#extend(text.slice(begin, end));
      this.#endLine();
      begin = end + 1;
    }
    this.#extend(text.slice(begin));
  }

  end(text: string): void {
    this.push(text);
    if (this.#lineLength > 0) this.#endLine();
  }

  #extend(piece: string): void {
    this.#lineLength += piece.length;
    const room = MAX_LINE_LENGTH - this.#line.length;
    if (room > 0 && this.#number >= this.#offset) this.#line += piece.slice(0, room);
  }

  #endLine(): void {
    if (this.#number >= this.#offset) {
      if (this.lines.length >= this.#limit || this.#length + this.#line.length > MAX_LENGTH) {
        this.isFull = true;
        return;
      }
      const rest = this.#lineLength - this.#line.length;
      const line = rest > 0 ? `${this.#line} [… ${rest} more characters in this line …]` : this.#line;
      this.lines.push(withoutNul(line));
      this.#length += line.length + 1;
    }
    this.#number++;
    this.#line = "";
    this.#lineLength = 0;
  }
}
