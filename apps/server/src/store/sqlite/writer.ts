import { Worker } from "node:worker_threads";
import { StoreUnavailableError } from "../port.ts";
import type { PlainUnit, UnitResult } from "./commit-units.ts";
import type { WriterReply, WriterRequest } from "./writer-protocol.ts";

interface Pending {
  resolve: (reply: WriterReply) => void;
  reject: (error: Error) => void;
}

/** The main thread's end of the writer thread: one batch at a time. */
export class Writer {
  readonly #worker: Worker;
  #pending: Pending | undefined;
  #dead: Error | undefined;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on("message", (reply: WriterReply) => this.#settle((pending) => pending.resolve(reply)));
    worker.on("error", (error) => this.#die(error instanceof Error ? error : new Error(String(error))));
    worker.on("exit", () => this.#die(new Error("the writer thread has ended")));
  }

  /** @throws what opening the database throws: not a database, no permission, corrupt. */
  static async start(path: string): Promise<Writer> {
    const worker = new Worker(new URL("./writer-worker.ts", import.meta.url), { workerData: { path } });
    const writer = new Writer(worker);
    await writer.#reply();
    return writer;
  }

  /**
   * @returns a result per unit, in order.
   * @throws StoreUnavailableError where nothing of the batch was stored.
   */
  async commit(units: readonly PlainUnit[]): Promise<readonly UnitResult[]> {
    const reply = await this.#ask({ type: "commit", units });
    if (reply.type === "committed") return reply.results;
    if (reply.type === "failed") throw toStoreError(reply.code, reply.message);
    throw new Error(`the writer thread answered a commit with '${reply.type}'`);
  }

  async close(): Promise<void> {
    if (this.#dead !== undefined) return;
    await this.#ask({ type: "close" });
    await this.#worker.terminate();
  }

  async #ask(request: WriterRequest): Promise<WriterReply> {
    if (this.#dead !== undefined) throw new StoreUnavailableError("unavailable", this.#dead.message);
    const reply = this.#reply();
    this.#worker.postMessage(request);
    return reply;
  }

  #reply(): Promise<WriterReply> {
    const { promise, resolve, reject } = Promise.withResolvers<WriterReply>();
    this.#pending = { resolve, reject };
    return promise;
  }

  #settle(how: (pending: Pending) => void): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending !== undefined) how(pending);
  }

  #die(error: Error): void {
    this.#dead ??= error;
    this.#settle((pending) => pending.reject(error));
  }
}

/**
 * A full disk passes; any other failure to commit does not: after a failed fsync nobody knows what is on the disk, so
 * it is never tried again (https://lwn.net/Articles/752063).
 */
function toStoreError(code: string, message: string): StoreUnavailableError {
  return code === "SQLITE_FULL" || code === "SQLITE_IOERR_WRITE"
    ? new StoreUnavailableError("storage_full", "The disk that holds the data directory is full: make room, then try again")
    : new StoreUnavailableError("unavailable", `The database cannot commit (${code}: ${message})`);
}
