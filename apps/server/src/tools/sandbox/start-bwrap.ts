import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { open } from "node:fs/promises";
import type { Duplex } from "node:stream";
import { MARKER_VARIABLE, type ProcessEntry, readProcess } from "../process/process-table.ts";
import type { ProcessExit } from "../process/spawner.ts";
import { childProcessIds } from "./child-processes.ts";
import { SUPERVISOR_FD, SupervisorLine } from "./supervisor.ts";

/** How long it may take until the sandbox stands, in ms; it takes about ten. */
const START_LIMIT_MS = 20_000;

export interface StartedSandbox {
  /** Of bwrap itself. */
  pid: number;
  /** The first process in the sandbox, as the machine's table has it. */
  first: ProcessEntry;
  /** To the supervisor, who waits for the word. */
  line: SupervisorLine;
  /** Resolves when bwrap has ended. */
  exited: Promise<ProcessExit>;
}

/** Why there is no sandbox; what bwrap printed comes out of the output. */
export class StartError extends Error {
  override readonly name = "StartError";
}

/**
 * Starts bwrap and waits until its supervisor stands ready. Should this process be killed meanwhile, the supervisor finds
 * its line closed and ends; that is why nothing here may break off when its reader is gone, as `--info-fd` does.
 * @throws StartError; nothing of it runs any more then.
 */
export async function startBwrap(options: {
  program: string;
  arguments: readonly string[];
  /** Of its process: bwrap itself gets no other variable, and passes none on. */
  marker: string;
  outputFd: number;
  /** File with the filter of system calls, which bwrap reads from descriptor 4. */
  filter: string | null;
}): Promise<StartedSandbox> {
  // Opened each time: bwrap reads it to its end.
  const filter = options.filter === null ? null : await open(options.filter);
  const child = spawn(options.program, options.arguments, {
    cwd: "/",
    env: { [MARKER_VARIABLE]: options.marker },
    detached: true,
    stdio: ["ignore", options.outputFd, options.outputFd, "pipe", filter?.fd ?? "ignore"],
  });
  const exited = exitOf(child);
  const line = new SupervisorLine(child.stdio[SUPERVISOR_FD] as Duplex);
  const impatience = Promise.withResolvers<"late">();
  const timer = setTimeout(() => impatience.resolve("late"), START_LIMIT_MS);
  try {
    await once(child, "spawn");
    await filter?.close();
    const outcome = await Promise.race([
      line.up.then(() => childOf(child.pid)),
      exited.then(() => "ended" as const),
      impatience.promise,
    ]);
    if (outcome === "late") throw new StartError(`it did not stand after ${START_LIMIT_MS / 1_000} s`);
    if (outcome === null || outcome === "ended") throw new StartError("bwrap ended");
    if (child.pid === undefined) throw new StartError("bwrap has no process");
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

function exitOf(child: ChildProcess): Promise<ProcessExit> {
  return new Promise((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
}

/** The one child that bwrap has by then. */
async function childOf(pid: number | undefined): Promise<ProcessEntry | null> {
  const [child] = pid === undefined ? [] : await childProcessIds(pid);
  return child === undefined ? null : readProcess(child);
}
