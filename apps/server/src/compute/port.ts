import { TrunklineError } from "@trunkline/contract";

/**
 * Work whose cost depends on user data, done by a separate module in a worker process. Input and output are structured
 * clones, which strip errors of their class, so expected failures are values in the output.
 */
// oxlint-disable-next-line typescript/no-explicit-any -- any input, so that every handler is one
export interface Job<Handler extends (input: any) => unknown> {
  readonly name: string;
  /** Its default export is the handler. */
  readonly module: URL;
  /** `long` jobs always leave a process for quick ones. */
  readonly kind: "quick" | "long";
  readonly handler?: Handler;
}

/** Type of the module's default export, e.g. `Job<typeof import("./scan-job.ts").default>`. */
export interface Compute {
  /**
   * Waits for a process (owners take turns) and runs the job.
   * @throws ComputeError if a limit was exceeded; the handler's error; the signal's reason if it aborts.
   */
  // oxlint-disable-next-line typescript/no-explicit-any -- see Job
  run<Handler extends (input: any) => unknown>(
    job: Job<Handler>,
    input: Parameters<Handler>[0],
    options: RunOptions,
  ): Promise<Awaited<ReturnType<Handler>>>;
  /** Processes that died and were not ended by anybody, since the start. */
  died(): number;
  /** @throws Error if the last processes could not even start */
  check(): void;
  /** Ends the processes; running and waiting jobs fail with `stopped`. */
  close(): Promise<void>;
}

export interface RunOptions {
  /** The job's owner: nobody may occupy all processes, or fill the queue. */
  owner: string;
  /** Time limit in ms, after which the process is killed. */
  deadlineMs: number;
  /** Cancels the job, whether waiting or running. */
  signal?: AbortSignal;
}

export type ComputeBound = "deadline" | "memory" | "queue" | "stopped";

/** A limit was exceeded. The job's process has ended; there is no output. */
export class ComputeError extends TrunklineError {
  readonly bound: ComputeBound;

  constructor(bound: ComputeBound, message: string) {
    super(REASONS[bound], message);
    this.bound = bound;
  }
}

const REASONS = {
  deadline: "unavailable",
  memory: "payload_too_large",
  queue: "rate_limited",
  stopped: "unavailable",
} as const;
