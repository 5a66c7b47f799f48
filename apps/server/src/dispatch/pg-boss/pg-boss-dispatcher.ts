import type { Logger } from "pino";
import type { JobAttempt } from "pg-boss";
import { actForEverybody, actForTasksOf } from "../../fairness/caller.ts";
import { FairQueue } from "../fair-queue.ts";
import type { Dispatcher, Doorbell } from "../port.ts";
import { Slots } from "../slots.ts";
import { FairTake } from "./fair-take.ts";
import { QueueWriter } from "./queue-writer.ts";
import type { SessionQueue, TakenSession } from "./session-queue.ts";

export interface PgBossDispatcherOptions {
  /** Owned by this dispatcher: closed when it stops. */
  queue: SessionQueue;
  concurrency: number;
  /** Whether slots are reserved for owners with nothing running. */
  isShared: () => boolean;
  /** Tells the other nodes that sessions are queued. */
  announce: () => void;
  /** Asks the store for sessions that could start now, a page at a time. */
  startable: () => Promise<readonly Doorbell[]>;
  logger: Logger;
}

/** Polling interval of the queue, in ms: the cost of a lost hint. */
const POLL_MS = 1_000;
/** Interval of ringing for sessions that could start but have no job, in ms: the cost of a lost ring. */
const SWEEP_MS = 2_000;
/** Interval of renewing this node's jobs, in ms. */
const TOUCH_MS = 2_500;
/** How long a stop tries to write what it leaves to others, in ms; their sweep would find it anyway. */
const STOP_PATIENCE_MS = 2_000;

interface Run {
  bell: Doorbell;
  /** Absent if it started without the queue. */
  job: JobAttempt | undefined;
  rungMeanwhile: boolean;
}

/**
 * The dispatcher of one of several nodes. A session starts immediately where it was rung, if its owner may have a free
 * slot there and nobody is waiting; otherwise it waits in the queue for the first node with a slot. Neither the queue
 * nor this class knows what there is to run: a handler without work ends, and if two nodes try, the rows admit one.
 */
export class PgBossDispatcher implements Dispatcher {
  readonly #options: PgBossDispatcherOptions;
  readonly #slots: Slots;
  readonly #fair: FairTake;
  readonly #writer: QueueWriter;
  /** Rung here, but neither started nor queued yet. */
  readonly #fresh = new FairQueue();
  readonly #running = new Map<string, Run>();
  #handler: ((sessionId: string) => Promise<boolean>) | undefined;
  #isPaused = false;
  #stopped: (() => void) | undefined;
  /** Incremented by whatever may have queued something. */
  #calls = 1;
  /** Nothing queued before this version may start here now. */
  #answered = 0;
  #filling: Promise<void> | undefined;
  /** Since when the queue has been asked in vain; null: it has answered. Monotonic. */
  #silentSince: number | null = null;
  /** Whether somebody is queued who may want the next free slot. */
  #hasWaiting = false;
  readonly #timers: NodeJS.Timeout[] = [];
  #sweeping: Promise<void> | undefined;

  constructor(options: PgBossDispatcherOptions) {
    this.#options = options;
    const { queue, concurrency, isShared, announce, logger } = options;
    this.#slots = new Slots(concurrency, isShared);
    this.#fair = new FairTake(queue, this.#slots, isShared);
    this.#writer = new QueueWriter(queue, logger, () => {
      announce();
      this.look();
    });
  }

  /** Something may be queued. */
  look(): void {
    this.#calls += 1;
    this.#pump();
  }

  ring(bell: Doorbell): void {
    const run = this.#running.get(bell.sessionId);
    if (run !== undefined) run.rungMeanwhile = true;
    else this.#fresh.add(bell);
    this.#pump();
  }

  start(handler: (sessionId: string) => Promise<boolean>): void {
    this.#handler = handler;
    this.#every(POLL_MS, () => this.look());
    this.#every(SWEEP_MS, () => this.#sweep());
    this.#every(TOUCH_MS, () => this.#touch());
    this.#pump();
  }

  pause(): void {
    this.#isPaused = true;
    this.#pump();
  }

  resume(): void {
    this.#isPaused = false;
    this.look();
  }

  silentMs(): number {
    return this.#silentSince === null ? 0 : performance.now() - this.#silentSince;
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#stopped = resolve;
      if (this.#running.size === 0) resolve();
    });
    for (const timer of this.#timers) clearInterval(timer);
    await this.#sweeping;
    await this.#filling;
    this.#leaveToOthers();
    await this.#writer.settle(STOP_PATIENCE_MS);
    await this.#options.queue[Symbol.asyncDispose]();
  }

  get #mayStart(): boolean {
    return this.#handler !== undefined && !this.#isPaused && this.#stopped === undefined;
  }

  #every(ms: number, action: () => void): void {
    const timer = setInterval(action, ms);
    timer.unref();
    this.#timers.push(timer);
  }

  /** Queued sessions go first, then those rung here; whatever finds no slot is queued. */
  #pump(): void {
    if (this.#filling !== undefined || this.#handler === undefined) return;
    if (this.#mayStart && this.#answered < this.#calls && !this.#slots.isFull) {
      this.#filling = actForEverybody(async () => this.#fill()).finally(() => {
        this.#filling = undefined;
        this.#pump();
      });
      return;
    }
    while (this.#mayStart) {
      const bell = this.#fresh.take(this.#slots.runningOf, this.#slots.mayTake);
      if (bell === undefined) break;
      this.#begin(bell, undefined);
    }
    this.#leaveToOthers();
  }

  async #fill(): Promise<void> {
    let calls = this.#calls;
    let isWaiting = true;
    this.#silentSince ??= performance.now();
    try {
      // Whoever was rung before this slot became free gets a chance, too.
      await this.#writer.written();
      calls = this.#calls;
      isWaiting = !(await this.#fair.fill(({ bell, job }: TakenSession) => {
        this.#begin(bell, job);
        return this.#mayStart;
      }));
      this.#silentSince = null;
    } catch (error) {
      this.#options.logger.warn({ err: error }, "the dispatch queue cannot be read; trying again");
    }
    // The rest waits for a slot, or for the next poll.
    this.#answered = calls;
    this.#hasWaiting = isWaiting;
  }

  #leaveToOthers(): void {
    const bells = this.#fresh.clear();
    if (bells.length === 0) return;
    this.#writer.put(bells);
    // They precede whoever is rung after them.
    this.#calls += 1;
  }

  #begin(bell: Doorbell, job: JobAttempt | undefined): void {
    const run = this.#running.get(bell.sessionId);
    if (run === undefined) {
      this.#slots.take(bell.ownerId);
      this.#fair.served(bell.ownerId);
      const begun: Run = { bell, job, rungMeanwhile: false };
      this.#running.set(bell.sessionId, begun);
      void this.#serve(begun);
      return;
    }
    run.rungMeanwhile = true;
    if (job !== undefined) this.#writer.drop(job);
  }

  async #serve(run: Run): Promise<void> {
    const { bell } = run;
    // Paused or stopped meanwhile: nobody here will look for the rest.
    const more = this.#mayStart ? await this.#handle(bell) : true;
    this.#running.delete(bell.sessionId);
    this.#slots.give(bell.ownerId);
    this.#fair.served(bell.ownerId);
    this.#fresh.served(bell.ownerId);
    if (more === true || run.rungMeanwhile || !this.#mayStart) this.#fresh.add(bell);
    if (run.job !== undefined) this.#writer.drop(run.job);
    // Queued sessions may have this slot now.
    if (this.#hasWaiting) this.#calls += 1;
    if (this.#running.size === 0) this.#stopped?.();
    this.#pump();
  }

  async #handle({ sessionId, ownerId }: Doorbell): Promise<boolean | undefined> {
    return actForTasksOf(ownerId, async () => this.#handler?.(sessionId));
  }

  #touch(): void {
    const jobs = [...this.#running.values()].flatMap(({ job }) => job ?? []);
    if (jobs.length === 0) return;
    this.#options.queue.touch(jobs).catch((error: unknown) => {
      this.#options.logger.warn({ err: error }, "the dispatch queue was not told that this node is at work");
    });
  }

  #sweep(): void {
    if (!this.#mayStart) return;
    this.#sweeping ??= this.#options
      .startable()
      .then((bells) =>
        bells.filter(({ sessionId }) => !this.#running.has(sessionId)).forEach((bell) => this.ring(bell)),
      )
      .catch((error: unknown) => {
        this.#options.logger.warn({ err: error }, "looking for sessions without a job failed");
      })
      .finally(() => {
        this.#sweeping = undefined;
      });
  }
}
