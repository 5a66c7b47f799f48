import { StringDecoder } from "node:string_decoder";

export interface MessageLinesOptions {
  /** Longest message, in UTF-16 units: it is parsed in one go. */
  maxLength: number;
  /** The connection ends with it: nobody knows where the next message begins. */
  tooLong: () => Error;
}

/** Splits what a program writes into lines, each one message. */
export class MessageLines {
  readonly #options: MessageLinesOptions;
  readonly #decoder = new StringDecoder("utf8");
  #pieces: string[] = [];
  #length = 0;

  constructor(options: MessageLinesOptions) {
    this.#options = options;
  }

  /** @throws what `tooLong` gives. */
  push(bytes: Uint8Array): string[] {
    const [first = "", ...rest] = this.#decoder.write(Buffer.from(bytes)).split("\n");
    this.#keep(first);
    const lines: string[] = [];
    for (const next of rest) {
      lines.push(this.#pieces.join(""));
      this.#pieces = [];
      this.#length = 0;
      this.#keep(next);
    }
    return lines.filter((line) => line.trim() !== "");
  }

  #keep(piece: string): void {
    this.#length += piece.length;
    if (this.#length > this.#options.maxLength) throw this.#options.tooLong();
    this.#pieces.push(piece);
  }
}

/** Values of a message beyond which it is none: many small ones take a hundred times as long to parse as one text. */
export const MAX_VALUES = 100_000;

/** Whether a message has so many values that parsing it would keep the loop from everybody else. */
export function hasTooManyValues(line: string): boolean {
  return line.length > MAX_VALUES && valuesIn(line) > MAX_VALUES;
}

export function valuesIn(line: string): number {
  const count = new ValueCount();
  for (let at = 0; at < line.length; at++) count.take(line.charCodeAt(at));
  return count.values;
}

/** Counts the values of JSON as it comes, by its characters or its bytes. */
export class ValueCount {
  values = 0;
  #isText = false;
  #isEscaped = false;

  take(code: number): void {
    // No text of JSON has a line break in it.
    if (code === NEWLINE || code === RETURN) this.#isText = this.#isEscaped = false;
    else if (this.#isEscaped) this.#isEscaped = false;
    else if (code === QUOTE) this.#isText = !this.#isText;
    else if (this.#isText) this.#isEscaped = code === BACKSLASH;
    else if (code === COMMA || code === OPEN_LIST || code === OPEN_OBJECT) this.values += 1;
  }
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
