const CR = 0x0d;
const LF = 0x0a;

/**
 * Decodes HTTP/1.1 chunked transfer coding (RFC 9112, section 7.1) in place: the chunks of one read end up adjacent, so
 * that they can be searched as a whole.
 */
export class ChunkedBody {
  /** The last chunk has been read. */
  ended = false;
  /** Remaining bytes of the current chunk. */
  #left = 0;
  #state: "size" | "extension" | "data" | "data-end" | "trailer" = "size";

  /** Compacts `bytes[start, end)` to its front. @returns the end of the body's bytes, which start at `start`. */
  compact(bytes: Buffer, start: number, end: number): number {
    let to = start;
    let from = start;
    while (from < end && !this.ended) {
      if (this.#state === "data") {
        const length = Math.min(this.#left, end - from);
        if (to !== from) bytes.copyWithin(to, from, from + length);
        to += length;
        from += length;
        this.#left -= length;
        if (this.#left === 0) this.#state = "data-end";
      } else {
        this.#readFraming(bytes[from] ?? LF);
        from += 1;
      }
    }
    return to;
  }

  #readFraming(byte: number): void {
    if (this.#state === "data-end") {
      if (byte === LF) this.#state = "size";
      return;
    }
    if (this.#state === "trailer") {
      this.ended = byte === LF;
      return;
    }
    if (byte === LF) {
      this.#state = this.#left === 0 ? "trailer" : "data";
      return;
    }
    if (this.#state === "extension" || byte === CR) return;
    const digit = hexValue(byte);
    if (digit === -1) this.#state = "extension";
    else this.#left = this.#left * 16 + digit;
  }
}

function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
