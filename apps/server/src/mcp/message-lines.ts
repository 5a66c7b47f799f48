import { StringDecoder } from "node:string_decoder";
import { BrokenConnectionError } from "./broken-connection.ts";

/** Longest message of a server, in bytes: it is parsed in one go. */
export const MAX_MESSAGE_BYTES = 2_097_152;

/** The connection ends with it: nobody knows where the next message begins. */
export class MessageTooLongError extends BrokenConnectionError {
  override readonly name = "MessageTooLongError";

  constructor() {
    super(`It sent a message of more than ${MAX_MESSAGE_BYTES / 1_048_576} MiB`);
  }
}

/** Splits what a server writes into lines, each one message (MCP, "stdio"). */
export class MessageLines {
  readonly #decoder = new StringDecoder("utf8");
  #pieces: string[] = [];
  #length = 0;

  /** @throws MessageTooLongError. */
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
    if (this.#length > MAX_MESSAGE_BYTES) throw new MessageTooLongError();
    this.#pieces.push(piece);
  }
}
