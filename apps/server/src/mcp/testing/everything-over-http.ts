import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { END_WITH_PARENT, freePort } from "@trunkline/testkit";

/** server-everything over streamable HTTP, on a port that it keeps. */
export class EverythingOverHttp implements AsyncDisposable {
  readonly #program: string;
  readonly #port: number;
  #child: ChildProcess;

  private constructor(program: string, port: number, child: ChildProcess) {
    this.#program = program;
    this.#port = port;
    this.#child = child;
  }

  static async start(program: string): Promise<EverythingOverHttp> {
    const port = await freePort();
    return new EverythingOverHttp(program, port, await launch(program, port));
  }

  get host(): string {
    return `127.0.0.1:${this.#port}`;
  }

  get url(): string {
    return `http://${this.host}/mcp`;
  }

  async kill(): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
  }

  async start(): Promise<void> {
    this.#child = await launch(this.#program, this.#port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.kill();
  }
}

/** Resolves once it listens. */
async function launch(program: string, port: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [...END_WITH_PARENT, program, "streamableHttp"], {
    env: { PORT: String(port) },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const stderr = child.stderr!;
  for await (const line of createInterface({ input: stderr })) {
    if (line.includes("listening on port")) {
      stderr.resume();
      return child;
    }
  }
  throw new Error("server-everything ended before it listened");
}
