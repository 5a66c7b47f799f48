const LF = 0x0a;
const BLANK_LINE = Buffer.from("\n\n");

/**
 * Splits a body into server-sent events (WHATWG HTML, section 9.2). Line ends are LF, as written by the servers under
 * test.
 */
export class SseFrames {
  #pending: Buffer = Buffer.alloc(0);

  /** Calls `onFrame` with each complete message, without its blank line; the bytes are only valid during the call. */
  read(bytes: Buffer, onFrame: (frame: Buffer) => void): void {
    const whole = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    let start = 0;
    for (;;) {
      while (whole[start] === LF) start += 1;
      const end = whole.indexOf(BLANK_LINE, start);
      if (end === -1) break;
      onFrame(whole.subarray(start, end));
      start = end + 2;
    }
    // A copy: the buffer is reused for the next read of any connection.
    this.#pending = start >= whole.length ? Buffer.alloc(0) : Buffer.from(whole.subarray(start));
  }
}
