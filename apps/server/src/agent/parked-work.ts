import { isTaskEnd, type SessionEvent } from "@trunkline/contract";
import type { RunLog } from "./port.ts";

/** What lives on while its task waits. */
export interface Parkable {
  /** Told of the task's events meanwhile. */
  see?(events: readonly SessionEvent[]): void;
  /** Ends it, because nobody goes on with it. */
  end(): Promise<void>;
}

export interface ParkingLimits {
  /** How many may wait; one more ends the oldest of whoever has most. */
  most: number;
  /** How long one waits, in ms. Absent: as long as its task. */
  longestMs?: number;
  /** How long the attempt that goes on with it may take to ask for it, in ms. */
  claimMs: number;
}

interface Parked<Work> {
  ownerId: string;
  work: Work;
  stopWatching: AbortController;
}

/**
 * Processes and calls whose task waits for an answer. The task holds no slot meanwhile, and its state is stored: whatever
 * happens to them, the next attempt goes on, with them or without.
 */
export class ParkedWork<Work extends Parkable> {
  readonly #limits: ParkingLimits;
  readonly #parked = new Map<string, Parked<Work>>();
  #isStopped = false;

  constructor(limits: ParkingLimits) {
    this.#limits = limits;
  }

  /** @param after seq of the last event that its run knows. Ends it when the task ends or is resumed elsewhere. */
  async park(
    { taskId, ownerId, log }: { taskId: string; ownerId: string; log: RunLog },
    work: Work,
    after: number,
  ): Promise<void> {
    if (this.#isStopped) return work.end();
    const parked = { ownerId, work, stopWatching: new AbortController() };
    this.#parked.set(taskId, parked);
    void this.#watch(taskId, parked, log.follow(after, parked.stopWatching.signal));
    if (this.#parked.size > this.#limits.most) await this.#dropOne();
  }

  /** Hands it to the attempt that goes on with the task. */
  take(taskId: string): Work | null {
    const parked = this.#parked.get(taskId);
    if (parked === undefined) return null;
    this.#parked.delete(taskId);
    parked.stopWatching.abort();
    return parked.work;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all([...this.#parked].map(async ([taskId, parked]) => this.#drop(taskId, parked)));
  }

  async #dropOne(): Promise<void> {
    const groups = [...Map.groupBy(this.#parked, ([, { ownerId }]) => ownerId).values()];
    const [most] = groups.toSorted((a, b) => b.length - a.length);
    const [oldest] = most ?? [];
    if (oldest !== undefined) await this.#drop(...oldest);
  }

  /** Unless it was taken: its task may have parked something else since. */
  async #drop(taskId: string, parked: Parked<Work>): Promise<void> {
    if (this.#parked.get(taskId) === parked) await this.take(taskId)?.end();
  }

  async #watch(taskId: string, parked: Parked<Work>, log: ReturnType<RunLog["follow"]>): Promise<void> {
    const { longestMs, claimMs } = this.#limits;
    const { signal } = parked.stopWatching;
    const dropAfter = (ms: number) => setTimeout(() => void this.#drop(taskId, parked), ms).unref();
    const timer = longestMs === undefined ? undefined : dropAfter(longestMs);
    try {
      for await (const { events } of log) {
        const own = events.filter((event) => event.taskId === taskId);
        parked.work.see?.(own);
        if (own.some(isTaskEnd)) return await this.#drop(taskId, parked);
        if (!own.some(({ type }) => type === "task.resumed")) continue;
        // By us: then it is taken in a moment. By another node: then it is not.
        clearTimeout(timer);
        dropAfter(claimMs);
        return;
      }
    } catch {
      // The session is gone, or the log can't be read: the next attempt goes on without it.
      if (!signal.aborted) await this.#drop(taskId, parked);
    } finally {
      if (signal.aborted) clearTimeout(timer);
    }
  }
}
