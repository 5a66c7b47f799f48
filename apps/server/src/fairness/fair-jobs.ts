/** A job waiting for a process. */
export interface Waiting {
  owner: string;
  isLong: boolean;
  start: () => void;
}

export interface FairJobsLimits {
  /** Concurrent jobs. */
  atOnce: number;
  /** Maximum waiting jobs: in total, and per owner. */
  queued: number;
  queuedOfOwner: number;
}

/**
 * Decides which job runs next. Owners take turns, and neither one owner nor long jobs may occupy the last process, so a
 * short job never waits for somebody else's long one.
 */
export class FairJobs {
  /** Insertion order is the order of turns: whoever was served goes to the end. */
  readonly #waiting = new Map<string, Waiting[]>();
  readonly #running = new Map<string, number>();
  readonly #limits: FairJobsLimits;
  #runningCount = 0;
  #longCount = 0;
  #waitingCount = 0;

  constructor(limits: FairJobsLimits) {
    this.#limits = limits;
  }

  /** @returns false if the queue is full. An accepted job may have started when this returns. */
  add(job: Waiting): boolean {
    const own = this.#waiting.get(job.owner) ?? [];
    if (this.#waitingCount >= this.#limits.queued || own.length >= this.#limits.queuedOfOwner) return false;
    own.push(job);
    this.#waiting.set(job.owner, own);
    this.#waitingCount += 1;
    this.#startNext();
    return true;
  }

  /** Withdraws a job that has not started. */
  remove(job: Waiting): void {
    const own = this.#waiting.get(job.owner);
    const index = own?.indexOf(job) ?? -1;
    if (own === undefined || index === -1) return;
    own.splice(index, 1);
    if (own.length === 0) this.#waiting.delete(job.owner);
    this.#waitingCount -= 1;
  }

  /** A started job has ended. */
  ended({ owner, isLong }: Waiting): void {
    const left = (this.#running.get(owner) ?? 1) - 1;
    if (left === 0) this.#running.delete(owner);
    else this.#running.set(owner, left);
    this.#runningCount -= 1;
    if (isLong) this.#longCount -= 1;
    this.#startNext();
  }

  #startNext(): void {
    for (let job = this.#take(); job !== undefined; job = this.#take()) {
      this.#running.set(job.owner, (this.#running.get(job.owner) ?? 0) + 1);
      this.#runningCount += 1;
      if (job.isLong) this.#longCount += 1;
      job.start();
    }
  }

  #take(): Waiting | undefined {
    const share = Math.max(1, this.#limits.atOnce - 1);
    if (this.#runningCount >= this.#limits.atOnce) return undefined;
    for (const [owner, own] of this.#waiting) {
      if ((this.#running.get(owner) ?? 0) >= share) continue;
      const job = own.find(({ isLong }) => !isLong || this.#longCount < share);
      if (job === undefined) continue;
      this.remove(job);
      if (own.length > 0) {
        this.#waiting.delete(owner);
        this.#waiting.set(owner, own);
      }
      return job;
    }
    return undefined;
  }
}
