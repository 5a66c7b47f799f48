import type { ProcessRecord } from "../port.ts";
import type { OnOutput } from "./output-pipe.ts";

export interface SpawnRequest {
  /** Program and arguments. */
  argv: readonly [string, ...string[]];
  /** Absolute path that it starts in. */
  cwd: string;
  /** All of its environment. */
  environment: Readonly<Record<string, string>>;
  onOutput: OnOutput;
}

export interface ProcessExit {
  /** Null where a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface RunningProcess {
  readonly record: ProcessRecord;
  /** Resolves when the process itself has ended; what it started may go on. */
  readonly exited: Promise<ProcessExit>;
  /** What it was not allowed to exceed, where it came to that: to be read after `end`. */
  readonly limitReached: string | null;
  /**
   * Ends the process and everything that came from it: TERM, grace, KILL. Resolves when all of it is gone and its
   * last output was taken.
   * @returns pids that could not be ended.
   */
  end(): Promise<number[]>;
}

/** What commands can get at: their workspace alone, the network too, or all that the server can. */
export type CommandReach = "workspace" | "network" | "machine";

/** How a command becomes processes: on the bare machine, or in a sandbox. */
export interface Spawner {
  readonly reach: CommandReach;
  /** @throws Error where it cannot be started; the message says why. */
  spawn(request: SpawnRequest): Promise<RunningProcess>;
}
