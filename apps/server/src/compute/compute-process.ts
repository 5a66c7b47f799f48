import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Reply, Work } from "./protocol.ts";

export interface ComputeProcessOptions {
  /** V8's heap limit. */
  memoryMb: number;
}

/** The process ended before it answered: V8 aborts it at its heap limit. */
export class ProcessEndedError extends Error {
  readonly signal: NodeJS.Signals | null;

  constructor(code: number | null, signal: NodeJS.Signals | null) {
    super(`The worker process ended with ${signal ?? `code ${code}`}`);
    this.signal = signal;
  }
}

const ENTRY = fileURLToPath(new URL("./process-entry.ts", import.meta.url));

/**
 * CPU seconds after which the kernel ends a process: only one that spins after its server was killed gets there, as a
 * living server ends it at its job's deadline. And seconds after which an idle one is replaced, to stay far below.
 */
const MAX_CPU_SECONDS = 300;
const RETIRE_CPU_SECONDS = 60;

/** No core dump: it would hold the user's data. */
const START = `ulimit -c 0 -t ${MAX_CPU_SECONDS} 2>/dev/null || ulimit -t ${MAX_CPU_SECONDS}; exec "$0" "$@"`;

/** Share of the young generation, in MB. */
const YOUNG_GENERATION_MB = 16;

/** A process that runs one job at a time. It inherits no environment, and ends when its server does. */
export class ComputeProcess {
  readonly #child: ChildProcess;
  #cpuSeconds = 0;
  #hasEnded = false;
  #hasAnswered = false;
  #isEnding = false;

  constructor({ memoryMb }: ComputeProcessOptions) {
    const heap = [`--max-old-space-size=${memoryMb}`, `--max-semi-space-size=${YOUNG_GENERATION_MB}`];
    this.#child = spawn("/bin/sh", ["-c", START, process.execPath, ...heap, ENTRY], {
      env: {},
      cwd: "/",
      // V8's last words are of its own heap; how it ended says enough.
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      serialization: "advanced",
    });
    const end = (): void => {
      this.#hasEnded = true;
    };
    this.#child.once("exit", end).once("error", end);
  }

  /** Whether it died, and nobody ended it: at its memory limit, by a signal of the system, or because it can't start. */
  get hasDied(): boolean {
    return this.#hasEnded && !this.#isEnding;
  }

  /** Whether it ever did a job. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  /** Whether it can take another job. */
  get isUsable(): boolean {
    return !this.#hasEnded && this.#cpuSeconds < RETIRE_CPU_SECONDS;
  }

  /** @throws what the handler throws; ProcessEndedError. */
  async run(work: Work): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    const ended = (code: number | null, signal: NodeJS.Signals | null): void =>
      reject(new ProcessEndedError(code, signal));
    const replied = (message: unknown): void => resolve(message as Reply);
    this.#child.once("message", replied).once("exit", ended).once("error", reject);
    try {
      if (this.#hasEnded) throw new ProcessEndedError(this.#child.exitCode, this.#child.signalCode);
      this.#child.send(work, (error) => {
        // A process that has just ended says so by itself.
        if (error !== null && this.#child.connected) reject(error);
      });
      const reply = await promise;
      this.#hasAnswered = true;
      this.#cpuSeconds = reply.cpuSeconds;
      if (reply.type === "thrown") throw reply.error;
      return reply.value;
    } finally {
      this.#child.off("message", replied).off("exit", ended).off("error", reject);
    }
  }

  /** Without work it does not keep the server's process alive. */
  unref(): void {
    this.#child.unref();
    this.#child.channel?.unref();
  }

  ref(): void {
    this.#child.ref();
    this.#child.channel?.ref();
  }

  /** Ends it, whatever it does. */
  async end(): Promise<void> {
    if (this.#hasEnded) return;
    this.#isEnding = true;
    this.ref();
    this.#child.kill("SIGKILL");
    await once(this.#child, "exit");
  }
}
