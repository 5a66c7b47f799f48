import { withoutNul } from "../output-text.ts";
import { detectEncoding, ENCODING_SAMPLE_BYTES, type FileEncoding } from "./text-encoding.ts";
import { wholeLength } from "../whole-characters.ts";

/** Maximum returned at a time, and of one line, in UTF-16 units. */
const MAX_LENGTH = 65_536;
const MAX_LINE_LENGTH = 8_192;

export interface LinesRead {
  lines: string[];
  /** Number of the first line left out; null at the end of the file. */
  next: number | null;
  encoding: FileEncoding;
  /** Whether a returned line ends in CR LF; `lines` contain neither. */
  hasCrLf: boolean;
}

/**
 * Reads lines from number `offset` (from 1), holding a piece of the file in memory at a time.
 * @returns null if it is not text.
 */
export async function readLines(
  content: AsyncIterable<Uint8Array>,
  offset: number,
  limit: number,
  signal: AbortSignal,
): Promise<LinesRead | null> {
  const collector = new LineCollector(offset, limit);
  let encoding: FileEncoding | null = null;
  let decoder = new TextDecoder();
  for await (const bytes of content) {
    signal.throwIfAborted();
    if (encoding === null) {
      encoding = detectEncoding(bytes.subarray(0, ENCODING_SAMPLE_BYTES));
      if (encoding === null) return null;
      decoder = new TextDecoder(encoding);
    }
    collector.push(decoder.decode(bytes, { stream: true }));
    if (collector.isFull) break;
  }
  if (!collector.isFull) collector.end(decoder.decode());
  const { lines, next, hasCrLf } = collector;
  return { lines, next, encoding: encoding ?? "utf-8", hasCrLf };
}

class LineCollector {
  readonly lines: string[] = [];
  readonly #offset: number;
  readonly #limit: number;
  #number = 1;
  #length = 0;
  /** The current line: the part to return, and its real length. */
  #line = "";
  #lineLength = 0;
  /** The line so far ends in CR, which belongs to its end if a line feed follows. */
  #endsInCr = false;
  hasCrLf = false;
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
    if (this.#lineLength === 0) return;
    this.#endsInCr = false;
    this.#endLine();
  }

  #extend(piece: string): void {
    if (piece === "") return;
    this.#lineLength += piece.length;
    this.#endsInCr = piece.endsWith("\r");
    // One extra unit tells whether the last character is complete, or is the CR.
    const room = MAX_LINE_LENGTH + 1 - this.#line.length;
    if (room > 0 && this.#number >= this.#offset) this.#line += piece.slice(0, room);
  }

  #endLine(): void {
    if (this.#number >= this.#offset) {
      const length = this.#lineLength - (this.#endsInCr ? 1 : 0);
      const shown = this.#line.slice(0, wholeLength(this.#line, Math.min(MAX_LINE_LENGTH, length)));
      if (this.lines.length >= this.#limit || this.#length + shown.length > MAX_LENGTH) {
        this.isFull = true;
        return;
      }
      const rest = length - shown.length;
      const line = rest > 0 ? `${shown} [… ${rest} more characters in this line …]` : shown;
      this.lines.push(withoutNul(line));
      this.#length += line.length + 1;
      this.hasCrLf ||= this.#endsInCr;
    }
    this.#number++;
    this.#line = "";
    this.#lineLength = 0;
    this.#endsInCr = false;
  }
}
