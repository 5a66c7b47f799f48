import type { Duplex } from "node:stream";
import { SUPERVISOR_PROGRAM } from "./bwrap-arguments.ts";
import { listenCommand } from "./gate-listener.ts";
import type { SandboxLimits } from "./limits.ts";

/** Descriptor of the supervisor's line to the server. */
export const SUPERVISOR_FD = 3;

/**
 * First process in the sandbox, before the command: opens the gate's socket, if there is one, reports readiness, waits for the go-ahead, closes inherited
 * descriptors, applies its limits, and becomes the supervisor. A limit that can't be set is already lower.
 */
function standScript(limits: SandboxLimits, gatePort: number | null): string {
  const kib = (bytes: number): number => Math.ceil(bytes / 1_024);
  return [
    ...(gatePort === null ? [] : [listenCommand(gatePort)]),
    `echo up >&${SUPERVISOR_FD}; read -r -u ${SUPERVISOR_FD} || exit 1`,
    `unset SHLVL`,
    `for fd in /proc/self/fd/*; do fd=\${fd##*/}; [ "$fd" -gt ${SUPERVISOR_FD} ] && exec {fd}>&-; done`,
    // What bash says of one that can't be set would be taken for the command's words.
    `{ ulimit -c 0; ulimit -f ${kib(limits.fileBytes)}; ulimit -n ${limits.openFiles}`,
    `ulimit -d ${kib(limits.processMemoryBytes)}; ulimit -u ${limits.processes}; } 2>/dev/null`,
    `exec ${SUPERVISOR_PROGRAM} --noprofile --norc -c "$0" sandbox "$@"`,
  ].join("\n");
}

/**
 * Runs the command, reports how it ended, and stays until killed: the kernel then ends everything in the sandbox, and
 * leftovers should get their TERM before that. It runs as the command's user, who can't inspect it
 * (`writeSandboxFiles`). The command inherits neither the line nor bash's messages.
 */
const SUPERVISE_SCRIPT = [
  `exec 4>&2 2>/dev/null; unset SHLVL`,
  `( exec "$@" ) 2>&4 ${SUPERVISOR_FD}>&- 4>&-`,
  `echo "exit $?" >&${SUPERVISOR_FD}`,
  `exec >/dev/null 4>&-`,
  `while read -r -u ${SUPERVISOR_FD}; do :; done`,
].join("\n");

/**
 * @param bash Absolute path.
 * @param gatePort Where to listen for the gate; null: there is none.
 */
export function supervisedBy(
  bash: string,
  limits: SandboxLimits,
  argv: readonly string[],
  gatePort: number | null,
): string[] {
  return [bash, "--noprofile", "--norc", "-c", standScript(limits, gatePort), SUPERVISE_SCRIPT, ...argv];
}

/** Maximum bytes of the supervisor's messages to read; it needs a dozen. */
const MAX_WORDS = 256;

/** The server's end of the line. The command may write to it if it takes over the supervisor. */
export class SupervisorLine {
  /** Resolves when the sandbox is ready; never if it fails. */
  readonly up: Promise<void>;
  /** Resolves with the command's shell exit status: 128 + the signal's number if a signal ended it. */
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
    // It closes with the process at the other end, which is what we wait for.
    line.on("error", () => undefined);
  }

  /** Starts the command. */
  go(): void {
    this.#line.write("go\n");
  }

  close(): void {
    this.#line.destroy();
  }
}
