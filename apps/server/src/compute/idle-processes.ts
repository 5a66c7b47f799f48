import type { ComputeProcess } from "./compute-process.ts";

/** Processes without work. Each is ended when it has had none for a while. */
export class IdleProcesses {
  readonly #timers = new Map<ComputeProcess, NodeJS.Timeout>();
  readonly #idleMs: number;

  constructor(idleMs: number) {
    this.#idleMs = idleMs;
  }

  keep(worker: ComputeProcess): void {
    const timer = setTimeout(() => {
      this.#timers.delete(worker);
      void worker.end();
    }, this.#idleMs);
    this.#timers.set(worker, timer.unref());
    worker.unref();
  }

  /** The one that worked last, so that the others can end. */
  take(): ComputeProcess | undefined {
    const worker = [...this.#timers.keys()].findLast(({ isUsable }) => isUsable);
    if (worker === undefined) return undefined;
    clearTimeout(this.#timers.get(worker));
    this.#timers.delete(worker);
    worker.ref();
    return worker;
  }

  async end(): Promise<void> {
    const workers = [...this.#timers.keys()];
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    await Promise.all(workers.map(async (worker) => worker.end()));
  }
}
