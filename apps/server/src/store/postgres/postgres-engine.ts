import type { Logger } from "pino";
import type { Compute } from "../../compute/port.ts";
import type { Engine } from "../engine.ts";
import type { OnCommitted } from "../group-commit.ts";
import { PostgresHints } from "./postgres-hints.ts";
import { openPostgresStore } from "./postgres-store.ts";
import { createPostgresSearch } from "./search/postgres-search.ts";
import { createSearchConsumer } from "./search/search-consumer.ts";

/** @throws StoreOpenError where the database cannot be used as it is. */
export async function openPostgresEngine(options: {
  url: string;
  node: string;
  compute: Compute;
  logger: Logger;
  onCommitted?: OnCommitted | undefined;
}): Promise<Engine> {
  const { url, node, compute, logger, onCommitted } = options;
  const store = await openPostgresStore({ url, node, logger, onCommitted });
  const address = { url, node, compute };
  return {
    store,
    search: createPostgresSearch(address),
    consumers: [createSearchConsumer(address)],
    hints: new PostgresHints({ url, node, logger }),
  };
}
