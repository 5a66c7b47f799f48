import { HeadTailBuffer } from "../../common/head-tail-buffer.ts";
import { decodeWhole } from "../output-text.ts";

/** What a process has written and nobody has read yet, as far back as it is kept. */
export class RecentOutput {
  readonly #size: number;
  readonly #buffer: HeadTailBuffer;
  #written = 0;
  #read = 0;

  /** @param size bytes to keep. */
  constructor(size: number) {
    this.#size = size;
    this.#buffer = new HeadTailBuffer(0, size);
  }

  push(bytes: Uint8Array): void {
    this.#buffer.push(bytes);
    this.#written += bytes.length;
  }

  get hasUnread(): boolean {
    return this.#written > this.#read;
  }

  /** Looks without reading: the next `take` returns it, too. */
  peek(): string {
    return decodeWhole(this.#unread(), { isCut: false }).text;
  }

  /** @param isLast no more will come: half a character stays half. */
  take(isLast: boolean): { text: string; omittedBytes: number } {
    const bytes = this.#unread();
    const omittedBytes = this.#written - this.#read - bytes.length;
    const { text, length } = decodeWhole(bytes, { isCut: omittedBytes > 0 });
    this.#read = isLast ? this.#written : this.#written - bytes.length + length;
    return { text, omittedBytes };
  }

  #unread(): Buffer {
    const count = Math.min(this.#written - this.#read, this.#size);
    const { tail } = this.#buffer.read();
    return tail.subarray(tail.length - count);
  }
}
