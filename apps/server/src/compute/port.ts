import { TrunklineError } from "@trunkline/contract";

/**
 * Work whose cost a user's data decides, done by a module of its own in a worker thread. Input and output cross as
 * structured clones, so what is expected to go wrong is a value of the output: an error loses its class on the way.
 */
// oxlint-disable-next-line typescript/no-explicit-any -- any input, so that every handler is one
export interface Job<Handler extends (input: any) => unknown> {
  readonly name: string;
  /** Its default export is the handler. */
  readonly module: URL;
  /** `long` jobs together leave a thread to the quick ones. */
  readonly kind: "quick" | "long";
  readonly handler?: Handler;
}

/** The handler's type is that of the module's default export, e.g. `Job<typeof import("./scan-job.ts").default>`. */
export interface Compute {
  /**
   * Waits for a thread, which owners take in turn, and runs the job there.
   * @throws ComputeError where a bound was hit, what the handler throws, and the signal's reason where it aborts.
   */
  // oxlint-disable-next-line typescript/no-explicit-any -- see Job
  run<Handler extends (input: any) => unknown>(
    job: Job<Handler>,
    input: Parameters<Handler>[0],
    options: RunOptions,
  ): Promise<Awaited<ReturnType<Handler>>>;
  /** Ends the threads; what still runs or waits fails with `stopped`. */
  close(): Promise<void>;
}

export interface RunOptions {
  /** Whose work it is: nobody may take all of the threads, or all of the queue. */
  owner: string;
  /** How long it may run before its thread is ended, in ms. */
  deadlineMs: number;
  /** Takes the job back: out of the queue, or off its thread. */
  signal?: AbortSignal;
}

export type ComputeBound = "deadline" | "memory" | "queue" | "stopped";

/** A bound was hit. The job's thread has ended, and nothing of its output is to be had. */
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
