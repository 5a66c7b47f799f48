import { readSync } from "node:fs";

/** The document is refused; the message says where and why. */
export class DocumentRefused extends Error {
  override readonly name = "DocumentRefused";
}

/** Bounds of one value, checked before it is parsed. */
export interface ValueBounds {
  bytes: number;
  depth: number;
  /** Elements and members, on all levels. */
  parts: number;
}

const CHUNK_BYTES = 262_144;
const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];
const END = -1;

/**
 * Reads JSON from a file value by value: large objects and arrays are walked, their members parsed whole. Linear,
 * holding one value at most. Synchronous: for a worker process.
 */
export class JsonSource {
  readonly #file: number;
  readonly #chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #length = 0;
  #position = 0;

  /** @param file an open descriptor. */
  constructor(file: number) {
    this.#file = file;
  }

  /** Walks an object. @param read must read the member's value. */
  object(what: string, read: (name: string) => void): void {
    this.#take(OPEN_BRACE, `${what} must be an object`);
    const names = new Set<string>();
    this.#items(CLOSE_BRACE, what, () => {
      const name = this.value(`a name in ${what}`, { bytes: 1_000, depth: 0, parts: 0 });
      if (typeof name !== "string") throw notJson();
      if (names.has(name)) throw new DocumentRefused(`${what} has '${name}' twice`);
      names.add(name);
      this.#take(COLON, "The body is not JSON");
      read(name);
    });
  }

  /** Walks an array. @param read must read the element. */
  array(what: string, read: (index: number) => void): void {
    this.#take(OPEN_BRACKET, `${what} must be an array`);
    let index = 0;
    this.#items(CLOSE_BRACKET, what, () => read(index++));
  }

  /** Reads a whole value. */
  value(what: string, bounds: ValueBounds): unknown {
    this.#skipSpace();
    const pieces: Buffer[] = [];
    let bytes = 0;
    this.#scan(what, bounds, (from, to) => {
      bytes += to - from;
      if (bytes > bounds.bytes) throw new DocumentRefused(`${what} has more than ${bounds.bytes} bytes`);
      pieces.push(Buffer.from(this.#chunk.subarray(from, to)));
    });
    let text: string;
    try {
      text = this.#decoder.decode(Buffer.concat(pieces));
    } catch (cause) {
      throw new DocumentRefused(`${what} is not UTF-8`, { cause });
    }
    try {
      return JSON.parse(text) as unknown;
    } catch (cause) {
      throw notJson(cause);
    }
  }

  /** @throws DocumentRefused if anything follows. */
  end(): void {
    this.#skipSpace();
    if (this.#peek() !== END) throw notJson();
  }

  #items(close: number, what: string, readItem: () => void): void {
    this.#skipSpace();
    if (this.#peek() === close) return this.#advance();
    for (;;) {
      readItem();
      this.#skipSpace();
      const byte = this.#peek();
      if (byte === END) throw new DocumentRefused(`The body ends in the middle of ${what}`);
      this.#advance();
      if (byte === close) return undefined;
      if (byte !== COMMA) throw notJson();
      this.#skipSpace();
    }
  }

  /** Skips a value, passing on the chunks that contain it. */
  #scan(what: string, bounds: ValueBounds, keep: (from: number, to: number) => void): void {
    let depth = 0;
    let parts = 0;
    let isString = false;
    let isEscaped = false;
    let isOver = false;
    while (!isOver) {
      if (this.#peek() === END) break;
      const from = this.#position;
      let position = from;
      for (; position < this.#length && !isOver; position++) {
        const byte = this.#chunk[position] as number;
        if (isString) {
          if (isEscaped) isEscaped = false;
          else if (byte === BACKSLASH) isEscaped = true;
          else if (byte === QUOTE) {
            isString = false;
            isOver = depth === 0;
          }
        } else if (byte === QUOTE) {
          isString = true;
        } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
          if (++depth > bounds.depth)
            throw new DocumentRefused(`${what} is nested more than ${bounds.depth} deep`);
        } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
          // End of a number, true, false or null.
          if (depth === 0) break;
          isOver = --depth === 0;
        } else if (depth === 0 && (byte === COMMA || byte === COLON || isSpace(byte))) break;
        else if (byte === COMMA && ++parts > bounds.parts) {
          throw new DocumentRefused(`${what} has more than ${bounds.parts} parts`);
        }
      }
      keep(from, position);
      this.#position = position;
      // A literal stops before its delimiter.
      if (position < this.#length) break;
    }
  }

  #take(wanted: number, otherwise: string): void {
    this.#skipSpace();
    if (this.#peek() !== wanted) throw new DocumentRefused(otherwise);
    this.#advance();
  }

  /** Also skips a byte order mark, written by some editors and shells. */
  #skipSpace(): void {
    for (let byte = this.#peek(); isSpace(byte) || isByteOrderMark(byte); byte = this.#peek())
      this.#advance();
  }

  #advance(): void {
    this.#position += 1;
  }

  #peek(): number {
    if (this.#position >= this.#length) {
      this.#length = readSync(this.#file, this.#chunk);
      this.#position = 0;
      if (this.#length === 0) return END;
    }
    return this.#chunk[this.#position] as number;
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** EF BB BF; none of them can start a JSON value. */
function isByteOrderMark(byte: number): boolean {
  return byte === 0xef || byte === 0xbb || byte === 0xbf;
}

function notJson(cause?: unknown): DocumentRefused {
  return new DocumentRefused("The body is not JSON", { cause });
}
