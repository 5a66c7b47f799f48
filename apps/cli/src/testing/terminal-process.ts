import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import type { Readable, Writable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { waitFor } from "@trunkline/testkit";
import { installedLauncher } from "./launcher.ts";

/** Runs a command in a pty, passing on what is typed and shown. */
const PTY = String.raw`
import ctypes, fcntl, os, pty, select, signal, struct, sys, termios
# Where the test's process is killed, the terminal closes: the command is hung up.
PR_SET_PDEATHSIG = 1
ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
pid, master = pty.fork()
if pid == 0:
    # A shell in small: the command is a job in the foreground, and goes on at once when it stops.
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    job = os.fork()
    if job == 0:
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpid())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        os.execvpe(sys.argv[1], sys.argv[1:], os.environ)
    while True:
        _, status = os.waitpid(job, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            os._exit(os.waitstatus_to_exitcode(status) & 255)
        os.write(1, b"[stopped]\n")
        os.kill(job, signal.SIGCONT)
fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 100, 0, 0))
typing = True
while True:
    ready, _, _ = select.select([master] + ([0] if typing else []), [], [])
    if master in ready:
        try:
            shown = os.read(master, 65536)
        except OSError:
            break
        if not shown:
            break
        os.write(1, shown)
    if 0 in ready:
        typed = os.read(0, 65536)
        if typed:
            os.write(master, typed)
        else:
            typing = False
_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status) & 255)
`;

/** The command at a real terminal with a user typing. Disposing ends it. */
export class TerminalProcess implements AsyncDisposable {
  /** Everything shown so far, without colours. */
  #shown = "";
  /** How far `shows` has looked. */
  #seen = 0;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #closed: Promise<unknown>;

  /** @param cwd default: a directory in no repository, which `run` would offer to use */
  constructor(args: readonly string[], env: Record<string, string>, cwd: string = tmpdir()) {
    const { PATH = "", HOME = "" } = process.env;
    this.#child = spawn("python3", ["-c", PTY, process.execPath, installedLauncher(), ...args], {
      env: { PATH, HOME, TERM: "xterm-256color", LANG: "C.UTF-8", ...env },
      cwd,
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#child.stdout.setEncoding("utf8").on("data", (text: string) => (this.#shown += text));
    this.#closed = once(this.#child, "close");
  }

  get screen(): string {
    return stripVTControlCharacters(this.#shown).replaceAll("\r", "");
  }

  type(text: string): void {
    this.#child.stdin.write(text);
  }

  /**
   * Waits until something is shown after the last match.
   * @returns the last moment at which it was not there yet, in ms of `performance.now()`
   */
  async shows(text: string): Promise<number> {
    let without = performance.now();
    await waitFor(`${JSON.stringify(text)} on the screen`, () => {
      const now = performance.now();
      const at = this.screen.indexOf(text, this.#seen);
      if (at === -1) {
        without = now;
        return false;
      }
      this.#seen = at + text.length;
      return true;
    }).catch((error: unknown) => {
      throw new Error(`Not shown: ${text}\n${this.screen}`, { cause: error });
    });
    return without;
  }

  async ended(): Promise<number | null> {
    await this.#closed;
    return this.#child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin.destroy();
    this.#child.kill("SIGKILL");
    await this.#closed;
  }
}
