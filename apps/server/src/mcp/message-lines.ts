import { StringDecoder } from "node:string_decoder";

/** Longest message of a server, in bytes: it is parsed in one go. */
export const MAX_MESSAGE_BYTES = 2_097_152;

/** Splits what a server writes into lines, each one message (MCP, "stdio"). */
export class MessageLines {
  readonly #decoder = new StringDecoder("utf8");
  #pieces: string[] = [];
  #length = 0;

  /** @throws Error if a line is too long. */
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
    if (this.#length > MAX_MESSAGE_BYTES) throw new Error("It sent a message that is too long");
    this.#pieces.push(piece);
  }
}
