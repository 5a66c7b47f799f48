import { readdirSync } from "node:fs";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";

/** How often the delay is sampled, in ms: each sample wakes the process. */
const RESOLUTION_MS = 100;

export interface ProcessFigures {
  cpuSeconds: number;
  residentBytes: number;
  heapBytes: number;
  openFiles: number | null;
  startedSeconds: number;
  /** Since the last look, in seconds. */
  loopDelay: { median: number; p99: number; max: number };
  /** Share of its life that the event loop was busy. */
  loopUtilization: number;
}

/** What the process uses; measured by Node and the kernel. */
export class ProcessMetrics implements Disposable {
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  constructor() {
    this.#delay.enable();
  }

  read(): ProcessFigures {
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed } = process.memoryUsage();
    const figures = {
      cpuSeconds: (user + system) / 1e6,
      residentBytes: rss,
      heapBytes: heapUsed,
      openFiles: countOpenFiles(),
      startedSeconds: performance.timeOrigin / 1_000,
      loopDelay: {
        median: beyondResolution(this.#delay.percentile(50)),
        p99: beyondResolution(this.#delay.percentile(99)),
        max: beyondResolution(this.#delay.max),
      },
      loopUtilization: performance.eventLoopUtilization().utilization,
    };
    this.#delay.reset();
    return figures;
  }

  [Symbol.dispose](): void {
    this.#delay.disable();
  }
}

/** Node counts the time between two samples, of which only what exceeds the resolution is delay. */
function beyondResolution(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1_000);
}

function countOpenFiles(): number | null {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    // Only Linux has it.
    return null;
  }
}
