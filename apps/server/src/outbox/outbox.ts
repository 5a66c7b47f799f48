import { randomUUID } from "node:crypto";
import type { Logger } from "pino";
import type { OutboxStore } from "../store/port.ts";
import { Feed, type FeedTimes } from "./feed.ts";
import type { Outbox, OutboxConsumer } from "./port.ts";

/** All in ms. */
const TIMES: FeedTimes = { pollMs: 200, leaseMs: 15_000, retryMs: 500, longestRetryMs: 60_000 };

/** @param times for tests. */
export function createOutbox(deps: {
  store: OutboxStore;
  consumers: readonly OutboxConsumer[];
  logger: Logger;
  /** Integer ms since the epoch. */
  now: () => number;
  times?: Partial<FeedTimes>;
}): Outbox {
  const { store, consumers, logger, now } = deps;
  const nodeId = randomUUID();
  const times = { ...TIMES, ...deps.times };
  const feeds = consumers.map((consumer) => new Feed({ store, consumer, nodeId, logger, times }));

  return {
    async start() {
      for (const consumer of consumers) await store.register(consumer);
      for (const feed of feeds) feed.start();
    },

    async states() {
      const failures = new Map(feeds.map((feed) => [feed.name, feed.failures]));
      return (await store.lags()).map(({ name, waiting, oldestAt }) => ({
        name,
        waiting,
        lagMs: oldestAt === null ? 0 : Math.max(0, now() - oldestAt),
        failures: failures.get(name) ?? 0,
      }));
    },

    async stop() {
      await Promise.all(feeds.map(async (feed) => feed.stop()));
    },
  };
}
