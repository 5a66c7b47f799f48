import type { Logger } from "pino";
import { ComputeProcess, ProcessEndedError } from "./compute-process.ts";
import { FairJobs, type Waiting } from "../fairness/fair-jobs.ts";
import { IdleProcesses } from "./idle-processes.ts";
import { type Compute, ComputeError, type Job, type RunOptions } from "./port.ts";

export interface PoolOptions {
  logger: Logger;
  /** Maximum processes; at least two, so that one owner can't occupy all. */
  processes?: number;
  /** V8 heap limit of each. */
  memoryMb?: number;
  /** Idle time before a process ends, in ms. */
  idleMs?: number;
  queued?: number;
  queuedOfOwner?: number;
}

/** A process takes some 45 MB, which an idle server should not spend. */
const IDLE_MS = 5_000;
const PROCESSES = 2;
const MEMORY_MB = 256;
const QUEUED = 200;
const QUEUED_OF_OWNER = 20;
/** Processes in a row that died before they answered anything: it is not the work that ends them. */
const MAX_STILLBORN = 3;
/** After this time the next job may find that they start again, in ms. */
const STILLBORN_FOR_MS = 30_000;

/** Processes that start on demand and end when idle. */
export function createCompute(options: PoolOptions): Compute {
  const { logger, processes = PROCESSES, memoryMb = MEMORY_MB, idleMs = IDLE_MS } = options;
  const idle = new IdleProcesses(idleMs);
  const busy = new Set<ComputeProcess>();
  const jobs = new FairJobs({
    atOnce: processes,
    queued: options.queued ?? QUEUED,
    queuedOfOwner: options.queuedOfOwner ?? QUEUED_OF_OWNER,
  });
  const stop = new AbortController();
  let died = 0;
  let stillborn = 0;
  let stillbornAt = 0;
  const noteEnd = (worker: ComputeProcess, error: unknown): void => {
    if (worker.hasAnswered) stillborn = 0;
    if (!worker.hasDied) return;
    died += 1;
    // At its memory limit a process is ended by a signal: that is the work's fault.
    if (worker.hasAnswered || (error instanceof ProcessEndedError && error.signal !== null)) return;
    stillborn += 1;
    stillbornAt = performance.now();
  };

  const run = async (job: Job<never>, input: unknown, { deadlineMs, signal }: RunOptions) => {
    const worker = idle.take() ?? new ComputeProcess({ memoryMb });
    busy.add(worker);
    // Not AbortSignal.timeout: its timer would neither be cleared after the job nor keep the process alive.
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), deadlineMs);
    const signals = [deadline.signal, stop.signal, ...(signal === undefined ? [] : [signal])];
    const ended = AbortSignal.any(signals);
    const end = (): void => void worker.end();
    ended.addEventListener("abort", end);
    let thrown: unknown;
    try {
      ended.throwIfAborted();
      return await worker.run({ module: job.module.href, input });
    } catch (error) {
      thrown = error;
      if (stop.signal.aborted) throw stopped();
      if (signal?.aborted === true) throw signal.reason;
      if (deadline.signal.aborted) {
        logger.warn({ job: job.name, deadlineMs }, "work was stopped at its deadline");
        throw new ComputeError("deadline", `This took longer than ${deadlineMs / 1_000} s and was stopped`);
      }
      if (error instanceof ProcessEndedError && error.signal !== null) {
        logger.warn(
          { job: job.name, memoryMb, signal: error.signal },
          "work was stopped at its memory limit",
        );
        throw new ComputeError("memory", "This used too much memory and was stopped");
      }
      throw error;
    } finally {
      clearTimeout(timer);
      ended.removeEventListener("abort", end);
      busy.delete(worker);
      noteEnd(worker, thrown);
      if (worker.isUsable && !ended.aborted) idle.keep(worker);
      else await worker.end();
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

    died: () => died,

    check() {
      if (stillborn < MAX_STILLBORN || performance.now() - stillbornAt > STILLBORN_FOR_MS) return;
      throw new Error(`The last ${stillborn} worker processes ended before they did anything`);
    },

    async close() {
      stop.abort();
      await Promise.all([idle.end(), ...[...busy].map(async (worker) => worker.end())]);
    },
  };
}

function stopped(): ComputeError {
  return new ComputeError("stopped", "The server is stopping");
}
