import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type FileHandle, open } from "node:fs/promises";
import type { Duplex } from "node:stream";
import { MARKER_VARIABLE, type ProcessEntry, readProcess } from "../process/process-table.ts";
import type { NetworkGate } from "../../network/port.ts";
import type { ProcessExit } from "../port.ts";
import { spawned } from "../../common/spawned.ts";
import { VARIABLES_FD } from "./bwrap-arguments.ts";
import { childProcessIds } from "./child-processes.ts";
import { gateListenerOf } from "./gate-listener.ts";
import { SUPERVISOR_FD, SupervisorLine } from "./supervisor.ts";

/** Timeout until the sandbox is ready, in ms; it takes about ten on a quiet machine. What is wrong with it ends it sooner. */
const START_LIMIT_MS = 60_000;

export interface StartedSandbox {
  /** bwrap itself. */
  pid: number;
  /** The sandbox's first process, by its pid on the machine. */
  first: ProcessEntry;
  /** To the supervisor, which waits for the go-ahead. */
  line: SupervisorLine;
  /** Resolves when bwrap has ended. */
  exited: Promise<ProcessExit>;
}

/** The sandbox did not start; the output has bwrap's message. */
export class StartError extends Error {
  override readonly name = "StartError";
}

/**
 * Starts bwrap and waits until its supervisor is ready. If this process is killed meanwhile, the supervisor finds its
 * line closed and exits; so nothing here may depend on a reader, as `--info-fd` does.
 * @throws StartError; nothing of it is running then.
 */
export async function startBwrap(options: {
  program: string;
  arguments: readonly string[];
  /** What it reads from `VARIABLES_FD`. */
  variables: string;
  /** For its process only: bwrap gets no other variables, and passes none on. */
  marker: string;
  /** Input and outputs of the command; bwrap complains into the last. */
  streams: readonly ["ignore" | number, number, number];
  /** File with the seccomp filter, which bwrap reads from descriptor 4. */
  filter: string | null;
  /** Gets what is listening in the sandbox, before the command starts. */
  gate: NetworkGate | null;
  /** Program that goes before bwrap; see `own-keyring.ts`. */
  keyring: string | null;
}): Promise<StartedSandbox> {
  // Opened each time: bwrap reads it to its end.
  const filter = options.filter === null ? null : await open(options.filter);
  const [program = options.program, ...words] = [options.keyring ?? [], options.program].flat();
  const start = (): ChildProcess =>
    spawned(
      spawn(program, [...words, ...options.arguments], {
        cwd: "/",
        env: { [MARKER_VARIABLE]: options.marker },
        detached: true,
        stdio: [
          ...options.streams,
          "pipe",
          filter?.fd ?? "ignore",
          "pipe",
          ...(options.gate === null ? [] : (["ipc"] as const)),
        ],
      }),
    );
  let child: ChildProcess;
  try {
    child = start();
  } catch (error) {
    await filter?.close();
    throw new StartError(String(error), { cause: error });
  }
  const exited = exitOf(child);
  const variables = (child.stdio as readonly unknown[])[VARIABLES_FD] as Duplex;
  // bwrap may have ended before it has read them: then it says why.
  variables.on("error", () => undefined).resume();
  variables.end(options.variables);
  const line = new SupervisorLine(child.stdio[SUPERVISOR_FD] as Duplex);
  const listening = options.gate === null ? null : gateListenerOf(child);
  const impatience = Promise.withResolvers<"late">();
  const timer = setTimeout(() => impatience.resolve("late"), START_LIMIT_MS);
  try {
    await onceSpawned(child, filter);
    const outcome = await Promise.race([
      line.up.then(() => listening).then(() => childOf(child.pid)),
      exited.then(() => "ended" as const),
      impatience.promise,
    ]);
    if (outcome === "late") throw new StartError(`it was not ready after ${START_LIMIT_MS / 1_000} s`);
    if (outcome === null || outcome === "ended") throw new StartError("bwrap ended");
    if (child.pid === undefined) throw new StartError("bwrap has no process");
    const listener = await listening;
    if (listener !== null) options.gate?.serve(listener);
    return { pid: child.pid, first: outcome, line, exited };
  } catch (error) {
    line.close();
    if (child.pid !== undefined) {
      child.kill("SIGKILL");
      await exited;
    }
    throw error instanceof StartError ? error : new StartError(String(error), { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** The filter is the child's by then; a file that is left to garbage collection ends the server. */
async function onceSpawned(child: ChildProcess, filter: FileHandle | null): Promise<void> {
  try {
    await once(child, "spawn");
  } finally {
    await filter?.close();
  }
}

function exitOf(child: ChildProcess): Promise<ProcessExit> {
  return new Promise((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
}

/** The only child that bwrap has by then. */
async function childOf(pid: number | undefined): Promise<ProcessEntry | null> {
  const [child] = pid === undefined ? [] : await childProcessIds(pid);
  return child === undefined ? null : readProcess(child);
}
