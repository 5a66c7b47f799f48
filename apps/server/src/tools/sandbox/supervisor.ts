import type { Duplex } from "node:stream";
import { SUPERVISOR_PROGRAM } from "./bwrap-arguments.ts";
import type { SandboxLimits } from "./limits.ts";

/** Descriptor of the supervisor's line to the server. */
export const SUPERVISOR_FD = 3;

/**
 * The first process in the sandbox, before there is a command: says that the sandbox stands, waits for the word, closes
 * what whoever started the server had left open, puts the limits on itself, and becomes the supervisor. A limit that
 * cannot be set is one that already is lower.
 */
function standScript(limits: SandboxLimits): string {
  const kib = (bytes: number): number => Math.ceil(bytes / 1_024);
  return [
    `echo up >&${SUPERVISOR_FD}; read -r -u ${SUPERVISOR_FD} || exit 1`,
    `unset SHLVL`,
    `for fd in /proc/self/fd/*; do fd=\${fd##*/}; [ "$fd" -gt ${SUPERVISOR_FD} ] && exec {fd}>&-; done`,
    `ulimit -c 0; ulimit -f ${kib(limits.fileBytes)}; ulimit -n ${limits.openFiles}`,
    `ulimit -d ${kib(limits.processMemoryBytes)}; ulimit -u ${limits.processes}`,
    `exec ${SUPERVISOR_PROGRAM} --noprofile --norc -c "$0" sandbox "$@"`,
  ].join("\n");
}

/**
 * The supervisor runs the command, says how it ended, and stays until it is killed: with it the kernel ends everything
 * in there, and before that the command's leftovers shall have their TERM. It is of the command's own user, which may
 * not look into it (`writeSandboxFiles`). The command gets neither the line nor what bash would say about it.
 */
const SUPERVISE_SCRIPT = [
  `exec 4>&2 2>/dev/null; unset SHLVL`,
  `( exec "$@" ) 2>&4 ${SUPERVISOR_FD}>&- 4>&-`,
  `echo "exit $?" >&${SUPERVISOR_FD}`,
  `exec >/dev/null 4>&-`,
  `while read -r -u ${SUPERVISOR_FD}; do :; done`,
].join("\n");

/** @param bash Absolute path. */
export function supervisedBy(bash: string, limits: SandboxLimits, argv: readonly string[]): string[] {
  return [bash, "--noprofile", "--norc", "-c", standScript(limits), SUPERVISE_SCRIPT, ...argv];
}

/** Bytes of the supervisor's words that are looked at; it needs a dozen. */
const MAX_WORDS = 256;

/** The server's end of the line. What it hears may come from the command, were it to take the supervisor over. */
export class SupervisorLine {
  /** Resolves when the sandbox stands; never where it does not come to that. */
  readonly up: Promise<void>;
  /** Resolves with the command's exit status as a shell has it: 128 and the signal's number, where one ended it. */
  readonly exitStatus: Promise<number>;
  readonly #line: Duplex;

  constructor(line: Duplex) {
    this.#line = line;
    const up = Promise.withResolvers<void>();
    const exitStatus = Promise.withResolvers<number>();
    this.up = up.promise;
    this.exitStatus = exitStatus.promise;
    let words = "";
    line.on("data", (chunk: Buffer) => {
      if (words.length >= MAX_WORDS) return;
      words += chunk.toString("latin1", 0, MAX_WORDS);
      if (words.startsWith("up\n")) up.resolve();
      const status = /^up\nexit (\d{1,3})\n/.exec(words)?.[1];
      if (status !== undefined) exitStatus.resolve(Number(status));
    });
    // It ends with the process at its other end, and that is what is waited for.
    line.on("error", () => undefined);
  }

  /** Lets the command begin. */
  go(): void {
    this.#line.write("go\n");
  }

  close(): void {
    this.#line.destroy();
  }
}
