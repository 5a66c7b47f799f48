import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { CallOutcome } from "./recorded-request.ts";

/** The body of one response: counts its bytes, cuts the socket on request, and knows how it ended. */
export class ResponseBody {
  /** Aborts as soon as nothing more can or should be written. */
  readonly signal: AbortSignal;
  readonly ended: Promise<CallOutcome>;
  /** Bytes sent. */
  bytes = 0;
  /** Destroys the socket after this many bytes; set before the first write. */
  cutAfterBytes = Number.POSITIVE_INFINITY;

  readonly #response: ServerResponse;
  readonly #closing = new AbortController();
  #outcome: CallOutcome = "aborted";

  constructor(response: ServerResponse) {
    this.#response = response;
    this.signal = this.#closing.signal;
    this.ended = new Promise((resolve) => {
      response.once("close", () => {
        this.#closing.abort();
        resolve(this.#outcome);
      });
    });
  }

  open(status: number, headers: Readonly<Record<string, string>>): void {
    if (this.#response.headersSent || this.signal.aborted) return;
    this.#response.writeHead(status, headers);
    this.#response.flushHeaders();
    if (this.cutAfterBytes === 0) this.cut();
  }

  get isOpen(): boolean {
    return this.#response.headersSent;
  }

  /** False while the client reads more slowly than we write. */
  get hasRoom(): boolean {
    return !this.#response.writableNeedDrain;
  }

  write(data: string | Uint8Array): void {
    if (this.signal.aborted) return;
    const length = typeof data === "string" ? Buffer.byteLength(data) : data.byteLength;
    const room = this.cutAfterBytes - this.bytes;
    if (length < room) {
      this.bytes += length;
      this.#response.write(data);
      return;
    }
    this.bytes += room;
    this.#response.write(Buffer.from(data).subarray(0, room));
    this.cut();
  }

  /** Resolves when the client has caught up or the response is over. */
  async drained(): Promise<void> {
    if (this.hasRoom || this.signal.aborted) return;
    await Promise.race([once(this.#response, "drain"), this.ended]);
  }

  /** Ends the response properly. */
  end(outcome: "answered" | "refused"): void {
    if (this.signal.aborted) return;
    this.#outcome = outcome;
    this.#response.end();
    this.#closing.abort();
  }

  /** Closes the socket in the middle of the response, once what was written is on its way. */
  cut(): void {
    if (this.signal.aborted) return;
    this.#outcome = "cut";
    this.#closing.abort();
    // Node merges the chunks of one tick and passes them to the socket on the next.
    setImmediate(() => this.#response.socket?.destroySoon());
  }
}
