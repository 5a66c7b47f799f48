import { type ChildProcess, execFile, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { spawned } from "../../common/spawned.ts";
import { SYSTEM_PATH } from "../sandbox/find-program.ts";

const runHere = promisify(execFile);

/** Far longer than any of these programs takes: one that does not answer is stuck, and keeps the others waiting. */
const ANSWER_MS = 10_000;

/** Answers each line, a command, with its exit code. It ends with the server, whose end of the pipe closes. */
const SCRIPT = 'while IFS= read -r line; do eval "$line" </dev/null >/dev/null 2>&1; echo "$?"; done';

type PipedChild = ChildProcess & { stdin: Socket; stdout: Socket };

let shell: SmallShell | undefined;

/**
 * Runs a program that takes no time, one after the other, by a shell of their own. For starting a process, Linux copies the page
 * tables of whoever starts it: that keeps a server of some hundred megabytes from all else for longer than the program takes.
 *
 * @throws Error with what it said, if it fails
 */
export async function runSmall(program: string, words: readonly string[]): Promise<void> {
  const line = [program, ...words].map(quoted).join(" ");
  // A line break would be the end of the command.
  if (!line.includes("\n") && (await shellNow()?.run(line)) === 0) return;
  // Once more, to hear why not; or the shell is gone.
  await runHere(program, words);
}

function shellNow(): SmallShell | undefined {
  if (shell?.isGone !== false) {
    try {
      shell = new SmallShell();
    } catch {
      shell = undefined;
    }
  }
  return shell;
}

class SmallShell {
  readonly #child: PipedChild;
  /** Those that wait for an answer, in order. */
  readonly #waiting: ((code: number | null) => void)[] = [];
  isGone = false;

  /** @throws Error if too many files are open */
  constructor() {
    this.#child = spawned(
      spawn("sh", ["-c", SCRIPT], {
        stdio: ["pipe", "pipe", "ignore"],
        // Nothing of the server's environment: it stays.
        env: { PATH: `${SYSTEM_PATH}:/usr/sbin:/sbin` },
        // What ends the server by the terminal is not for it: the server may still need it while it stops.
        detached: true,
      }),
    ) as PipedChild;
    const { stdin, stdout } = this.#child;
    createInterface({ input: stdout }).on("line", (code) => this.#answer(Number(code)));
    stdin.on("error", () => undefined);
    this.#child.on("error", () => this.#end());
    this.#child.on("exit", () => this.#end());
    this.#keepsAlive(false);
  }

  /** @returns the exit code; null if the shell has ended */
  async run(line: string): Promise<number | null> {
    const answer = Promise.withResolvers<number | null>();
    this.#waiting.push(answer.resolve);
    this.#keepsAlive(true);
    this.#child.stdin.write(`${line}\n`);
    const stuck = setTimeout(() => this.#child.kill("SIGKILL"), ANSWER_MS);
    try {
      return await answer.promise;
    } finally {
      clearTimeout(stuck);
    }
  }

  #answer(code: number): void {
    this.#waiting.shift()?.(code);
    if (this.#waiting.length === 0) this.#keepsAlive(false);
  }

  #end(): void {
    this.isGone = true;
    for (const resolve of this.#waiting.splice(0)) resolve(null);
  }

  /** A process that has nothing else to do ends. */
  #keepsAlive(isNeeded: boolean): void {
    const { stdin, stdout } = this.#child;
    for (const part of [this.#child, stdin, stdout]) {
      if (isNeeded) part.ref();
      else part.unref();
    }
  }
}

/** As one word of a shell's command. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
