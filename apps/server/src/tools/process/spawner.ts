import type { ProcessRecord } from "../port.ts";
import type { OnOutput } from "./output-pipe.ts";

export interface SpawnRequest {
  /** Program and arguments. */
  argv: readonly [string, ...string[]];
  /** Absolute path of its working directory. */
  cwd: string;
  /** Its entire environment. */
  environment: Readonly<Record<string, string>>;
  onOutput: OnOutput;
}

export interface ProcessExit {
  /** Null if a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface RunningProcess {
  readonly record: ProcessRecord;
  /** Resolves when the process itself has ended; its descendants may still run. */
  readonly exited: Promise<ProcessExit>;
  /** The limit that it exceeded, if any; valid after `end`. */
  readonly limitReached: string | null;
  /**
   * Ends the process and all its descendants: TERM, grace, KILL. Resolves when they are gone and their last output was
   * read.
   * @returns pids that could not be ended.
   */
  end(): Promise<number[]>;
}

/** What commands can reach: only their workspace, the network too, or everything that the server can. */
export type CommandReach = "workspace" | "network" | "machine";

/** How commands are run: on the bare machine, or in a sandbox. */
export interface Spawner {
  readonly reach: CommandReach;
  /** @throws Error if it can't be started; the message says why. */
  spawn(request: SpawnRequest): Promise<RunningProcess>;
}
