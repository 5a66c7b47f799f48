import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import { DeadlineError, withDeadline } from "./wait-for.ts";

/** Characters of a child's output to keep (the newest). */
const KEPT_LOG_LENGTH = 4_000_000;

/** Of these, how many say in an error what it did last. */
const SHOWN_LOG_LENGTH = 8_000;

/** How long a child's last output may take to arrive after its exit. */
const LAST_OUTPUT_MS = 500;

/** Options of a Node that ends with the process which started it, given an IPC channel (`stdio: [..., "ipc"]`). */
export const END_WITH_PARENT = ["--import", import.meta.resolve("./end-with-parent.mjs")] as const;

export interface ChildOptions {
  env?: Record<string, string>;
  nodeOptions?: readonly string[];
}

export interface ChildExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A Node program as a child process with captured output; it does not outlive this process. */
export class Child {
  readonly exited: Promise<ChildExit>;
  readonly #process: ChildProcess;
  readonly #onLine = new Set<(line: string) => void>();
  #logs = "";

  constructor(file: string, args: readonly string[], options: ChildOptions = {}) {
    const nodeOptions = [...END_WITH_PARENT, ...(options.nodeOptions ?? [])];
    this.#process = spawn(process.execPath, [...nodeOptions, file, ...args], {
      env: options.env ?? process.env,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    for (const output of [this.#process.stdout!, this.#process.stderr!]) {
      createInterface({ input: output }).on("line", (line) => this.#take(line));
    }
    this.exited = this.#watchExit();
  }

  get pid(): number {
    if (this.#process.pid === undefined) throw new Error(`the process did not start:\n${this.logs}`);
    return this.#process.pid;
  }

  get isRunning(): boolean {
    return (
      this.#process.pid !== undefined && this.#process.exitCode === null && this.#process.signalCode === null
    );
  }

  /** Lines of stdout and stderr in order of arrival; only the newest if there are many. */
  get logs(): string {
    return this.#logs;
  }

  /**
   * Resolves with `pick`'s first result for a line, past or future.
   * @throws Error with the output if the process exits first; DeadlineError with its last lines.
   */
  async waitForLine<T>(what: string, pick: (line: string) => T | undefined, timeoutMs?: number): Promise<T> {
    const found = Promise.withResolvers<T>();
    const look = (line: string): void => {
      const picked = pick(line);
      if (picked !== undefined) found.resolve(picked);
    };
    this.#onLine.add(look);
    this.#logs.split("\n").forEach(look);
    const gone = this.exited.then(({ code, signal }): never => {
      throw new Error(`the process ended (code ${code}, signal ${signal}) before ${what}:\n${this.logs}`);
    });
    try {
      return await withDeadline(what, Promise.race([found.promise, gone]), { timeoutMs });
    } catch (error) {
      if (!(error instanceof DeadlineError)) throw error;
      const said = this.#logs === "" ? "nothing" : `\n${this.#logs.slice(-SHOWN_LOG_LENGTH)}`;
      throw new DeadlineError(`${error.message}; the process has said ${said}`, { cause: error });
    } finally {
      this.#onLine.delete(look);
    }
  }

  /** Sends the signal and waits for the end; SIGKILL after `graceMs`. */
  async end(signal: NodeJS.Signals = "SIGTERM", graceMs = 60_000): Promise<ChildExit> {
    if (!this.isRunning) return this.exited;
    this.#process.kill(signal);
    const impatience = setTimeout(() => this.#process.kill("SIGKILL"), graceMs);
    try {
      return await this.exited;
    } finally {
      clearTimeout(impatience);
    }
  }

  async #watchExit(): Promise<ChildExit> {
    const closed = new Promise<void>((resolve) => this.#process.once("close", () => resolve()));
    const exit = await new Promise<ChildExit>((resolve) => {
      this.#process.once("exit", (code, signal) => resolve({ code, signal }));
      this.#process.once("error", (error) => {
        this.#take(String(error));
        resolve({ code: null, signal: null });
      });
    });
    // The last output arrives before `close`. A grandchild that holds the pipes delays that, so don't wait long.
    await Promise.race([closed, wait(LAST_OUTPUT_MS, undefined, { ref: false })]);
    // This process may have slept for all of that time: what has arrived is read in the next turns of the event loop.
    await turn();
    await turn();
    return exit;
  }

  #take(line: string): void {
    this.#logs += `${line}\n`;
    if (this.#logs.length > 2 * KEPT_LOG_LENGTH) this.#logs = this.#logs.slice(-KEPT_LOG_LENGTH);
    for (const look of this.#onLine) look(line);
  }
}
