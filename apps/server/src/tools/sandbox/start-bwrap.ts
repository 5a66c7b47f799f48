import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Duplex, Readable } from "node:stream";
import { MARKER_VARIABLE, type ProcessEntry, readProcess } from "../process/process-table.ts";
import type { ProcessExit } from "../process/spawner.ts";
import { SUPERVISOR_FD, SupervisorLine } from "./supervisor.ts";

export const INFO_FD = 4;

/** How long it may take until the sandbox stands, in ms; it takes about ten. */
const START_LIMIT_MS = 20_000;

/** Bytes of what bwrap says about itself that are looked for its child's id. */
const MAX_INFO = 4_096;

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
 * Starts bwrap and waits until its supervisor stands ready.
 * @throws StartError; nothing of it runs any more then.
 */
export async function startBwrap(options: {
  program: string;
  arguments: readonly string[];
  /** Of its process: bwrap itself gets no other variable, and passes none on. */
  marker: string;
  outputFd: number;
}): Promise<StartedSandbox> {
  const child = spawn(options.program, options.arguments, {
    cwd: "/",
    env: { [MARKER_VARIABLE]: options.marker },
    detached: true,
    stdio: ["ignore", options.outputFd, options.outputFd, "pipe", "pipe"],
  });
  const exited = exitOf(child);
  const line = new SupervisorLine(child.stdio[SUPERVISOR_FD] as Duplex);
  const info = child.stdio[INFO_FD] as Readable;
  const impatience = Promise.withResolvers<"late">();
  const timer = setTimeout(() => impatience.resolve("late"), START_LIMIT_MS);
  try {
    await once(child, "spawn");
    const outcome = await Promise.race([
      Promise.all([childIdIn(info), line.up]).then(([id]) => readProcess(id)),
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
    info.destroy();
  }
}

function exitOf(child: ChildProcess): Promise<ProcessExit> {
  return new Promise((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
}

/** Resolves with the id that bwrap's `--info-fd` names; never where it names none. */
function childIdIn(info: Readable): Promise<number> {
  return new Promise((resolve) => {
    let text = "";
    info.on("data", (chunk: Buffer) => {
      if (text.length < MAX_INFO) text += chunk.toString("latin1");
      const id = /"child-pid":\s*(\d+)/.exec(text)?.[1];
      if (id !== undefined) resolve(Number(id));
    });
    // It ends with bwrap, and that is seen elsewhere.
    info.on("error", () => undefined);
  });
}
