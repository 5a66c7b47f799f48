import { fileURLToPath } from "node:url";
import type { Logger } from "pino";
import { Piscina } from "piscina";
import { FairJobs, type Waiting } from "./fair-jobs.ts";
import { type Compute, ComputeError, type Job, type RunOptions } from "./port.ts";

export interface PoolOptions {
  logger: Logger;
  /** Maximum threads; at least two, so that one owner can't occupy all. */
  threads?: number;
  /** V8 heap limit of each thread. */
  memoryMb?: number;
  /** Idle time before a thread ends, in ms. */
  idleMs?: number;
  queued?: number;
  queuedOfOwner?: number;
}

/** A thread takes some 15 MB, which an idle server should not spend. */
const IDLE_MS = 5_000;
const THREADS = 2;
const MEMORY_MB = 256;
const QUEUED = 200;
const QUEUED_OF_OWNER = 20;
/** Share of the young generation. */
const YOUNG_GENERATION_MB = 16;

/**
 * Threads that start on demand and end when idle. Scheduling is done here, not by the pool, which knows no owners: it
 * never gets more jobs than it has threads.
 */
export function createCompute(options: PoolOptions): Compute {
  const { logger, threads = THREADS, memoryMb = MEMORY_MB, idleMs = IDLE_MS } = options;
  const pool = new Piscina({
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: idleMs,
    // A thread blocked in Atomics.wait can't run a job's pending cleanup, such as closing a file.
    atomics: "disabled",
    recordTiming: false,
    resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  });
  pool.on("error", (error: unknown) => logger.error({ err: error }, "a worker thread failed"));
  const jobs = new FairJobs({
    threads,
    queued: options.queued ?? QUEUED,
    queuedOfOwner: options.queuedOfOwner ?? QUEUED_OF_OWNER,
  });
  const stop = new AbortController();

  const run = async (job: Job<never>, input: unknown, { deadlineMs, signal }: RunOptions) => {
    // Not AbortSignal.timeout: its timer would neither be cleared after the job nor keep the process alive.
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), deadlineMs);
    const signals = [deadline.signal, stop.signal, ...(signal === undefined ? [] : [signal])];
    try {
      return (await pool.run(input, {
        filename: fileURLToPath(job.module),
        name: "default",
        signal: AbortSignal.any(signals),
      })) as unknown;
    } catch (error) {
      if (stop.signal.aborted) throw stopped();
      if (signal?.aborted === true) throw signal.reason;
      if (deadline.signal.aborted) {
        logger.warn({ job: job.name, deadlineMs }, "work was stopped at its deadline");
        throw new ComputeError("deadline", `This took longer than ${deadlineMs / 1_000} s and was stopped`);
      }
      if ((error as NodeJS.ErrnoException).code === "ERR_WORKER_OUT_OF_MEMORY") {
        logger.warn({ job: job.name, memoryMb }, "work was stopped at its memory limit");
        throw new ComputeError("memory", "This used too much memory and was stopped");
      }
      throw error;
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    async run(job, input, runOptions) {
      const { owner, signal } = runOptions;
      if (stop.signal.aborted) throw stopped();
      signal?.throwIfAborted();
      const turn = Promise.withResolvers<void>();
      const waiting: Waiting = { owner, isLong: job.kind === "long", start: turn.resolve };
      if (!jobs.add(waiting)) {
        throw new ComputeError("queue", "Too much work is waiting already; try again in a moment");
      }
      const leave = (error: Error) => () => {
        jobs.remove(waiting);
        turn.reject(error);
      };
      const whenStopped = leave(stopped());
      const whenAborted = (): void => leave(signal?.reason as Error)();
      stop.signal.addEventListener("abort", whenStopped);
      signal?.addEventListener("abort", whenAborted);
      try {
        await turn.promise;
      } finally {
        stop.signal.removeEventListener("abort", whenStopped);
        signal?.removeEventListener("abort", whenAborted);
      }
      try {
        return (await run(job as Job<never>, input, runOptions)) as never;
      } finally {
        jobs.ended(waiting);
      }
    },

    async close() {
      stop.abort();
      await pool.destroy();
    },
  };
}

function stopped(): ComputeError {
  return new ComputeError("stopped", "The server is stopping");
}
