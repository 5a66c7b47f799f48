import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import type { OutboxStore } from "../store/port.ts";
import type { OutboxConsumer } from "./port.ts";

export interface FeedTimes {
  /** Polling interval. */
  pollMs: number;
  /** How long a dead node blocks its consumers for others. */
  leaseMs: number;
  /** First delay after a failure; doubles with each one, up to the longest. */
  retryMs: number;
  longestRetryMs: number;
}

/** Entries per batch. */
const BATCH = 200;

/** Feeds one consumer, as long as this node has the right to. */
export class Feed {
  /** In a row. */
  failures = 0;
  readonly name: string;
  readonly #store: OutboxStore;
  readonly #consumer: OutboxConsumer;
  readonly #nodeId: string;
  readonly #logger: Logger;
  readonly #times: FeedTimes;
  readonly #types: ReadonlySet<string>;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  /** Until when this node certainly has the right, monotonic; undefined if it has not. */
  #heldUntil: number | undefined;
  /** Whether there may be something to remove. */
  #hasAdvanced = false;

  constructor(deps: {
    store: OutboxStore;
    consumer: OutboxConsumer;
    nodeId: string;
    logger: Logger;
    times: FeedTimes;
  }) {
    this.#store = deps.store;
    this.#consumer = deps.consumer;
    this.name = deps.consumer.name;
    this.#nodeId = deps.nodeId;
    this.#logger = deps.logger;
    this.#times = deps.times;
    this.#types = new Set(deps.consumer.types);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { retryMs, longestRetryMs } = this.#times;
    while (!this.#stop.signal.aborted) {
      let waitMs: number;
      try {
        waitMs = await this.#turn();
        this.failures = 0;
      } catch (error) {
        if (this.#stop.signal.aborted) break;
        this.failures += 1;
        waitMs = Math.min(longestRetryMs, retryMs * 2 ** (this.failures - 1));
        this.#logger.warn(
          { err: error, consumer: this.name, failures: this.failures, retryInMs: waitMs },
          "a consumer of the outbox failed, and is given the same again",
        );
      }
      if (waitMs > 0) await this.#wait(waitMs);
    }
    await this.#release();
  }

  /** @returns the delay before the next turn, in ms. */
  async #turn(): Promise<number> {
    const { pollMs, leaseMs } = this.#times;
    const isFresh = this.#heldUntil !== undefined && performance.now() < this.#heldUntil - leaseMs / 2;
    if (!isFresh && !(await this.#claim())) return Math.max(pollMs, leaseMs / 5);
    const lost = new AbortController();
    // A batch that takes long must not lose the exclusive right.
    const renewal = setInterval(() => {
      this.#claim().then(
        (holds) => {
          if (!holds) lost.abort(new Error("another node has taken over"));
        },
        // The store is unavailable: the next turn will notice, too.
        () => undefined,
      );
    }, leaseMs / 3);
    try {
      return (await this.#feed(AbortSignal.any([this.#stop.signal, lost.signal]))) ? 0 : pollMs;
    } finally {
      clearInterval(renewal);
    }
  }

  /** @returns whether there is probably more to do. */
  async #feed(signal: AbortSignal): Promise<boolean> {
    const { entries, place } = await this.#store.page(this.name, BATCH);
    if (place === undefined) {
      if (this.#hasAdvanced) this.#hasAdvanced = await this.#store.prune();
      return ((await this.#consumer.rest?.(signal)) ?? false) || this.#hasAdvanced;
    }
    const wanted = entries.filter(({ type }) => this.#types.has(type));
    if (wanted.length > 0) await this.#consumer.handle(wanted, signal);
    signal.throwIfAborted();
    if (await this.#store.advance(this.name, this.#nodeId, place)) this.#hasAdvanced = true;
    else this.#heldUntil = undefined;
    return true;
  }

  async #claim(): Promise<boolean> {
    const askedAt = performance.now();
    const holds = await this.#store.claim(this.name, this.#nodeId, this.#times.leaseMs);
    this.#heldUntil = holds ? askedAt + this.#times.leaseMs : undefined;
    return holds;
  }

  /** So that the next node need not wait. */
  async #release(): Promise<void> {
    if (this.#heldUntil === undefined) return;
    try {
      await this.#store.release(this.name, this.#nodeId);
    } catch (error) {
      this.#logger.warn({ err: error, consumer: this.name }, "the right to consume ends by its time");
    }
  }

  async #wait(ms: number): Promise<void> {
    try {
      await delay(ms, undefined, { signal: this.#stop.signal });
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error;
    }
  }
}
