import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import type { JobAttempt } from "pg-boss";
import type { Doorbell } from "../port.ts";
import type { SessionQueue } from "./session-queue.ts";

/** Jobs per statement. */
const BATCH = 1_000;
/** Delay before a retry, in ms. */
const RETRY_MS = 250;

/**
 * Writes to the queue in batches: whatever arrives during a statement shares the next one. While PostgreSQL is down it
 * keeps its contents, at most one entry per waiting session.
 */
export class QueueWriter {
  readonly #queue: SessionQueue;
  readonly #logger: Logger;
  readonly #onPut: () => void;
  /** By session. */
  readonly #puts = new Map<string, Doorbell>();
  #drops: JobAttempt[] = [];
  /** Waiters for what has been added so far. */
  #waiting: (() => void)[] = [];
  #writing: Promise<void> | undefined;
  #failedAt = 0;

  /** @param onPut called when the queue has another session. */
  constructor(queue: SessionQueue, logger: Logger, onPut: () => void) {
    this.#queue = queue;
    this.#logger = logger;
    this.#onPut = onPut;
  }

  put(bells: readonly Doorbell[]): void {
    for (const bell of bells) this.#puts.set(bell.sessionId, bell);
    if (bells.length > 0) this.#write();
  }

  drop(job: JobAttempt): void {
    this.#drops.push(job);
    this.#write();
  }

  /** Resolves when everything added so far is queued, or could not be written. */
  async written(): Promise<void> {
    if (this.#puts.size > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Resolves when everything is written, or after this long. */
  async settle(patienceMs: number): Promise<void> {
    const patience = new AbortController();
    const over = delay(patienceMs, undefined, { signal: patience.signal }).catch(() => undefined);
    await Promise.race([this.#writing, over]);
    patience.abort();
  }

  #write(): void {
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
  }

  async #writeAll(): Promise<void> {
    // Whatever is added in this turn of the event loop goes together.
    await Promise.resolve();
    while (this.#puts.size > 0 || this.#drops.length > 0) {
      const bells = [...this.#puts.values()].slice(0, BATCH);
      const jobs = this.#drops.slice(0, BATCH);
      const waiting = this.#waiting.splice(0);
      try {
        // In this order: a crash in between leaves one ring too many rather than one too few.
        if (bells.length > 0) {
          const isMore = await this.#queue.put(bells);
          for (const bell of bells)
            if (this.#puts.get(bell.sessionId) === bell) this.#puts.delete(bell.sessionId);
          if (isMore) this.#onPut();
        }
        for (const resolve of waiting.splice(0)) resolve();
        if (this.#puts.size === 0) for (const resolve of this.#waiting.splice(0)) resolve();
        if (jobs.length > 0) {
          await this.#queue.drop(jobs);
          this.#drops = this.#drops.slice(jobs.length);
        }
      } catch (error) {
        this.#warn(error);
        for (const resolve of waiting) resolve();
        await delay(RETRY_MS, undefined, { ref: false });
      }
    }
  }

  #warn(error: unknown): void {
    const now = performance.now();
    if (this.#failedAt > 0 && now - this.#failedAt < 10_000) return;
    this.#failedAt = now;
    this.#logger.warn({ err: error }, "the dispatch queue cannot be written; trying again");
  }
}
