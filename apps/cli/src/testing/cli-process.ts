import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { tmpdir } from "node:os";
import type { Readable, Writable } from "node:stream";
import { END_WITH_PARENT } from "@trunkline/testkit";
import { installedLauncher } from "./launcher.ts";

export interface CliResult {
  exitCode: number | null;
  out: string;
  err: string;
}

type PipedChild = ChildProcess & { stdin: Writable; stdout: Readable; stderr: Readable };

/** The command as a real process with pipes. Disposing ends it. */
export class CliProcess implements AsyncDisposable {
  out = "";
  err = "";
  readonly #child: PipedChild;
  readonly #closed: Promise<unknown>;

  /**
   * @param env all that the process gets beside PATH and HOME
   * @param cwd default: a directory in no repository, which `run` would offer to use
   * @param input `open`: a pipe that nobody writes to or closes, as programs without a terminal often have
   */
  constructor(
    args: readonly string[],
    env: Record<string, string>,
    {
      input = "none",
      cwd = tmpdir(),
      output,
    }: { input?: "none" | "open"; cwd?: string; /** File that its output goes to. */ output?: string } = {},
  ) {
    const { PATH = "", HOME = "" } = process.env;
    const file = output === undefined ? undefined : openSync(output, "w");
    this.#child = spawn(process.execPath, [...END_WITH_PARENT, installedLauncher(), ...args], {
      env: { PATH, HOME, ...env },
      cwd,
      stdio: ["pipe", file ?? "pipe", "pipe", "ipc"],
    }) as PipedChild;
    if (file === undefined)
      this.#child.stdout.setEncoding("utf8").on("data", (text: string) => (this.out += text));
    else closeSync(file);
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => (this.err += text));
    this.#closed = once(this.#child, "close");
    if (input === "none") this.#child.stdin.end();
  }

  static async run(
    args: readonly string[],
    env: Record<string, string>,
    input = "",
    cwd?: string,
  ): Promise<CliResult> {
    await using cli = new CliProcess(args, env, { input: "open", ...(cwd !== undefined && { cwd }) });
    cli.#child.stdin.end(input);
    return await cli.ended();
  }

  write(text: string): void {
    this.#child.stdin.write(text);
  }

  endInput(): void {
    this.#child.stdin.end();
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Stops reading its output, like `head`. */
  leave(): void {
    this.#child.stdout.destroy();
  }

  async ended(): Promise<CliResult> {
    await this.#closed;
    return { exitCode: this.#child.exitCode, out: this.out, err: this.err };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#closed;
  }
}
