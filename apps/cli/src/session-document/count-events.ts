const [QUOTE, BACKSLASH, OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [
  0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d,
];

/** Counts the events of a document as it streams past: the elements of the document's last top-level array. Also sees its end. */
export class EventCount {
  #depth = 0;
  #isString = false;
  #isEscaped = false;
  #count = 0;
  #isWhole = false;

  get count(): number {
    return this.#count;
  }

  /** Whether the document has ended: where its length is not told, as through a proxy of HTTP/1.0, nothing else says so. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  add(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (this.#isString) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (byte === BACKSLASH) this.#isEscaped = true;
        else if (byte === QUOTE) this.#isString = false;
      } else if (byte === QUOTE) {
        this.#isString = true;
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        this.#depth += 1;
        if (byte === OPEN_BRACKET && this.#depth === 2) this.#count = 0;
        if (byte === OPEN_BRACE && this.#depth === 3) this.#count += 1;
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        this.#depth -= 1;
        this.#isWhole = this.#depth === 0;
      }
    }
  }
}
