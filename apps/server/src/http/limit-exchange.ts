import { randomUUID } from "node:crypto";
import type { Logger } from "pino";
import type { SharedLimits } from "../store/port.ts";
import type { Limits } from "./limits.ts";
import type { LiveStreams } from "./live-streams.ts";

/** Interval at which nodes exchange usage, in ms; within it, each may grant up to a whole limit. */
const EXCHANGE_EVERY_MS = 1_000;
/** Buckets of one exchange; those that the most was taken from. */
const MAX_BUCKETS = 2_000;

interface LimitExchangeOptions {
  shared: SharedLimits;
  limits: Pick<Limits, "shared">;
  streams: Pick<LiveStreams, "counts" | "countElsewhere">;
  logger: Pick<Logger, "warn">;
}

/**
 * Enforces one limit per user across all nodes. Each node decides by what it knows, and reports what was used once a
 * second: a request costs no query and no commit.
 */
export class LimitExchange {
  readonly #options: LimitExchangeOptions;
  /** Of this process. */
  readonly #nodeId = randomUUID();
  #timer: NodeJS.Timeout | undefined;
  #exchanging: Promise<void> | undefined;
  #failed = false;

  constructor(options: LimitExchangeOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => void this.exchange(), EXCHANGE_EVERY_MS).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#exchanging;
    const { shared } = this.#options;
    // If the store is unreachable, the node's silence tells the others.
    await shared.leave(this.#nodeId).catch((error: unknown) => this.#warn(error));
  }

  /** One exchange at a time; concurrent callers share it. */
  async exchange(): Promise<void> {
    this.#exchanging ??= this.#exchange()
      .then(() => {
        this.#failed = false;
      })
      .catch((error: unknown) => this.#warn(error))
      .finally(() => {
        this.#exchanging = undefined;
      });
    await this.#exchanging;
  }

  async #exchange(): Promise<void> {
    const { shared, limits, streams } = this.#options;
    const taken = Array.from(limits.shared, ([name, limit]) =>
      Array.from(limit.tellTaken(), ([key, ms]) => [`${name} ${key}`, ms] as const),
    ).flat();
    taken.sort(([, left], [, right]) => right - left);
    const use = { taken: new Map(taken.slice(0, MAX_BUCKETS)), streams: streams.counts };
    const { fullInMs, streamsElsewhere } = await shared.exchange(this.#nodeId, use);
    for (const [bucket, ms] of fullInMs) {
      const space = bucket.indexOf(" ");
      limits.shared.get(bucket.slice(0, space))?.hear(bucket.slice(space + 1), ms);
    }
    streams.countElsewhere(streamsElsewhere);
  }

  /** Until the store can be reached again, each node counts alone: limits are no reason to refuse everybody. */
  #warn(error: unknown): void {
    if (!this.#failed)
      this.#options.logger.warn({ err: error }, "limits are not shared with other nodes for now");
    this.#failed = true;
  }
}
