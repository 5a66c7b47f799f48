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
