/** Keeps the first and last bytes of an output of any length, in constant memory. */
export class HeadTailBuffer {
  readonly #head: Buffer;
  readonly #tail: Buffer;
  #headLength = 0;
  /** Bytes after the head; determines the position in the ring. */
  #tailTotal = 0;

  constructor(headBytes: number, tailBytes: number) {
    this.#head = Buffer.alloc(headBytes);
    this.#tail = Buffer.alloc(tailBytes);
  }

  push(bytes: Uint8Array): void {
    const toHead = Math.min(bytes.length, this.#head.length - this.#headLength);
    this.#head.set(bytes.subarray(0, toHead), this.#headLength);
    this.#headLength += toHead;
    const rest = bytes.subarray(toHead);
    const size = this.#tail.length;
    // Of a piece longer than the ring, only the end matters.
    const kept = rest.subarray(Math.max(0, rest.length - size));
    const at = (this.#tailTotal + rest.length - kept.length) % size;
    const first = kept.subarray(0, size - at);
    this.#tail.set(first, at);
    this.#tail.set(kept.subarray(first.length), 0);
    this.#tailTotal += rest.length;
  }

  /** What was kept, and how many bytes were omitted between. */
  read(): { head: Buffer; tail: Buffer; omittedBytes: number } {
    const size = this.#tail.length;
    const head = this.#head.subarray(0, this.#headLength);
    if (this.#tailTotal <= size)
      return { head, tail: this.#tail.subarray(0, this.#tailTotal), omittedBytes: 0 };
    const at = this.#tailTotal % size;
    const tail = Buffer.concat([this.#tail.subarray(at), this.#tail.subarray(0, at)]);
    return { head, tail, omittedBytes: this.#tailTotal - size };
  }
}
