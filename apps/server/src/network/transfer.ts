import type { Readable, Writable } from "node:stream";

/** Bytes that a command may still send and receive. */
export class TransferBudget {
  #left: { sent: number; received: number };

  constructor(limits: { sentBytes: number; receivedBytes: number }) {
    this.#left = { sent: limits.sentBytes, received: limits.receivedBytes };
  }

  /** @returns false once it is used up. */
  spend(direction: "sent" | "received", bytes: number): boolean {
    this.#left[direction] -= bytes;
    return this.#left[direction] >= 0;
  }

  get isSpent(): boolean {
    return this.#left.sent < 0 || this.#left.received < 0;
  }
}

/**
 * Copies a stream into another, no faster than that takes it, and ends it likewise. What ends abruptly takes the other
 * along.
 * @param spend false: the budget is used up, and both end.
 */
export function pour(from: Readable, to: Writable, spend: (bytes: number) => boolean): void {
  from.on("data", (chunk: Buffer) => {
    if (!spend(chunk.length)) {
      from.destroy();
      to.destroy();
      return;
    }
    if (to.write(chunk)) return;
    from.pause();
    to.once("drain", () => from.resume());
  });
  from.on("end", () => to.end());
  from.on("error", () => to.destroy());
  from.on("close", () => {
    if (!from.readableEnded) to.destroy();
  });
  to.on("error", () => from.destroy());
  to.on("close", () => from.destroy());
  from.resume();
}
