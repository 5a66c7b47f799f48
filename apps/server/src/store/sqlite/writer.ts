import { Worker } from "node:worker_threads";
import type { CommitResult } from "../commit.ts";
import { StoreUnavailableError } from "../port.ts";
import type { CommitMessage } from "./commit-message.ts";
import type { WriterReply, WriterRequest } from "./writer-protocol.ts";

interface Pending {
  resolve: (reply: WriterReply) => void;
  reject: (error: Error) => void;
}

/** The main thread's side of the writer thread, which answers requests in order. */
export class Writer {
  /** Resolves when the thread has ended or failed unasked. */
  readonly broken: Promise<StoreUnavailableError>;
  readonly #reportBroken: (error: StoreUnavailableError) => void;
  readonly #worker: Worker;
  readonly #pending: Pending[] = [];
  /** Why no more requests are possible. */
  #over: StoreUnavailableError | undefined;

  private constructor(worker: Worker) {
    const { promise, resolve } = Promise.withResolvers<StoreUnavailableError>();
    this.broken = promise;
    this.#reportBroken = resolve;
    this.#worker = worker;
    worker.on("message", (reply: WriterReply) => {
      if (reply.type === "broken") this.#break(new ThreadError(reply.code, reply.message));
      else this.#pending.shift()?.resolve(reply);
    });
    worker.on("messageerror", (error) => this.#break(error));
    worker.on("error", (error) => this.#break(error));
    worker.on("exit", () => this.#break(new Error("the writer thread has ended")));
  }

  /**
   * @param path the database file. @param script the thread's program.
   * @throws StoreUnavailableError if the thread can't open the database.
   */
  static async start(path: string, script: URL = WORKER): Promise<Writer> {
    const worker = new Worker(script, { workerData: { path }, resourceLimits: { maxYoungGenerationSizeMb } });
    const writer = new Writer(worker);
    await writer.#reply();
    return writer;
  }

  /**
   * @param at integer ms since the epoch, for all commits.
   * @returns a result per unit, in order.
   * @throws StoreUnavailableError if it is unknown whether the batch was stored.
   */
  async commit(commits: CommitMessage, at: number): Promise<readonly CommitResult[]> {
    const reply = await this.#ask({ type: "commit", at, commits });
    if (reply.type === "committed") return reply.results;
    throw new Error(`the writer thread answered a commit with '${reply.type}'`);
  }

  /** Stops committing: everything committed is in the database file. @throws StoreUnavailableError */
  async finish(): Promise<void> {
    await this.#ask({ type: "finish" });
  }

  /** Ends the thread, cleanly if it still responds. */
  async close(): Promise<void> {
    if (this.#over === undefined) {
      const closed = this.#ask({ type: "close" });
      this.#over = new StoreUnavailableError("unavailable", "The database is closed");
      // A thread that breaks meanwhile, e.g. by its own work on a damaged database, does not respond any more.
      await closed.catch(() => undefined);
    }
    await this.#worker.terminate();
  }

  async #ask(request: WriterRequest): Promise<WriterReply> {
    if (this.#over !== undefined) throw this.#over;
    const reply = this.#reply();
    this.#worker.postMessage(request);
    return reply;
  }

  #reply(): Promise<WriterReply> {
    const { promise, resolve, reject } = Promise.withResolvers<WriterReply>();
    this.#pending.push({ resolve, reject });
    return promise;
  }

  #break(cause: unknown): void {
    const detail = cause instanceof Error ? cause.message : String(cause);
    const error = new StoreUnavailableError("unavailable", `The database cannot commit (${detail})`, {
      cause,
    });
    for (const { reject } of this.#pending.splice(0)) reject(error);
    if (this.#over !== undefined) return;
    this.#over = error;
    this.#reportBroken(error);
  }
}

/** An error of the writer thread, with SQLite's code. */
class ThreadError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

/** Young generation for messages, which are garbage a moment later. V8 would let it grow to 48 MB, and keep that. */
const maxYoungGenerationSizeMb = 6;

const WORKER = new URL("./writer-worker.ts", import.meta.url);
