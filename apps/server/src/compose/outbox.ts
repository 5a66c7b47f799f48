import type { Logger } from "pino";
import type { ModelRegistry } from "../agent/port.ts";
import { SessionTitles } from "../agent/titles/session-titles.ts";
import type { Config } from "../config/config.ts";
import type { Lifecycle } from "../lifecycle.ts";
import type { Log } from "../log/port.ts";
import { createOutbox } from "../outbox/outbox.ts";
import type { Outbox, OutboxConsumer } from "../outbox/port.ts";
import type { Store } from "../store/port.ts";
import type { Budgets, Prices } from "../usage/port.ts";

/**
 * Who reads what happens in all sessions: the engine's own, who notifies devices, and who has titles written.
 * @throws Error if the model that is to write titles has no provider
 */
export async function composeOutbox(options: {
  config: Config;
  store: Store;
  log: Log;
  /** The engine's. */
  consumers: readonly OutboxConsumer[];
  /** Who notifies devices. */
  news: OutboxConsumer;
  models: ModelRegistry;
  budgets: Budgets;
  prices: Prices;
  lifecycle: Lifecycle;
  logger: Logger;
  now: () => number;
}): Promise<Outbox> {
  const { config, store, log, models, lifecycle, logger, now } = options;
  const { titles: writer } = config;
  if (writer !== "off" && writer !== "session") checkWriter(models, writer);
  const append: Log["append"] = async (...args) => log.append(...args);
  const titles = new SessionTitles({ ...options, writer, append });
  lifecycle.started("titles", async () => titles.stop());
  const consumers = [...options.consumers, options.news, titles.consumer()];
  const outbox = createOutbox({ store: store.outbox, consumers, logger, now });
  await outbox.start();
  lifecycle.started("outbox", async () => outbox.stop());
  return outbox;
}

/** @throws Error */
function checkWriter(models: ModelRegistry, writer: string): void {
  try {
    models.resolve(writer);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`TRUNKLINE_TITLES takes off, session or the name of a model. ${why}`, { cause: error });
  }
}
