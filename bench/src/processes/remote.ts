import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

interface Pending {
  resolve: (reply: unknown) => void;
  reject: (error: Error) => void;
}

type Outcome = { ok: true; value: unknown } | { ok: false; message: string };

/** A child process that answers requests one at a time; it does not outlive this process. */
export class Remote<Protocol extends Record<string, { request: unknown; reply: unknown }>> {
  readonly #child: ChildProcess;
  #pending: Pending | undefined;
  #gone: Error | undefined;

  /** @param file its program, in `bench/src`. */
  constructor(file: string, args: readonly string[] = []) {
    this.#child = fork(fileURLToPath(new URL(`../${file}`, import.meta.url)), args, {
      serialization: "advanced",
    });
    this.#child.on("message", (outcome) => this.#settle(outcome as Outcome));
    this.#child.once("exit", (code, signal) => {
      this.#gone = new Error(`${file} ended (code ${code}, signal ${signal})`);
      this.#pending?.reject(this.#gone);
    });
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error("the process did not start");
    return this.#child.pid;
  }

  /** @throws Error with the child's message if it failed or has ended. */
  async ask<Name extends keyof Protocol & string>(
    name: Name,
    request: Protocol[Name]["request"],
  ): Promise<Protocol[Name]["reply"]> {
    if (this.#gone !== undefined) throw this.#gone;
    if (this.#pending !== undefined)
      throw new Error(`'${name}' was asked while something else was under way`);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#pending = { resolve, reject };
    this.#child.send({ name, request });
    try {
      return await promise;
    } finally {
      this.#pending = undefined;
    }
  }

  async close(): Promise<void> {
    if (this.#gone !== undefined) return;
    const exited = once(this.#child, "exit");
    this.#child.disconnect();
    await exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #settle(outcome: Outcome): void {
    if (outcome.ok) this.#pending?.resolve(outcome.value);
    else this.#pending?.reject(new Error(outcome.message));
  }
}
