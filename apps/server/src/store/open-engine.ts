import { existsSync } from "node:fs";
import type { Logger } from "pino";
import type { Compute } from "../compute/port.ts";
import type { Hints } from "../hints/port.ts";
import type { OutboxConsumer } from "../outbox/port.ts";
import type { SearchIndex } from "../search/port.ts";
import type { OnCommitted } from "./group-commit.ts";
import type { Store, StoreUnavailableError } from "./port.ts";
import { PostgresHints } from "./postgres/postgres-hints.ts";
import { openPostgresStore } from "./postgres/postgres-store.ts";
import { createPostgresSearch } from "./postgres/search/postgres-search.ts";
import { createSearchConsumer } from "./postgres/search/search-consumer.ts";
import { databasePath } from "./sqlite/database-path.ts";
import { createSqliteSearch } from "./sqlite/sqlite-search.ts";
import { openSqliteStore } from "./sqlite/sqlite-store.ts";

export interface EngineOptions {
  dataDir: string;
  /** Of PostgreSQL; absent: SQLite, in the data directory. */
  databaseUrl: string | undefined;
  node: string;
  /** The server that had the embedded database before did not stop in order. */
  uncleanStop: boolean;
  compute: Compute;
  logger: Logger;
  /** Of an embedded database: integer ms since the epoch. */
  now: () => number;
  /** The store can commit nothing any more, and will not. */
  onFatal: (error: StoreUnavailableError) => void;
  onCommitted?: OnCommitted | undefined;
}

/** What is stored, and what is found in it: the one place that knows which engine that is. */
export interface Engine {
  store: Store;
  search: SearchIndex;
  /** Between the nodes that share the store; undefined where it is one node's. */
  hints: Hints | undefined;
  /** What the engine itself has follow the logs. */
  consumers: readonly OutboxConsumer[];
}

/** @throws StoreOpenError where the database cannot be used as it is. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { dataDir, databaseUrl, node, uncleanStop, compute, logger, now, onFatal, onCommitted } = options;
  if (databaseUrl !== undefined) {
    const unused = databasePath(dataDir);
    if (existsSync(unused)) {
      logger.warn(
        { path: unused },
        "TRUNKLINE_DATABASE_URL is set, so this database is not used; trunkline migrate-store brings its sessions along",
      );
    }
    const store = await openPostgresStore({ url: databaseUrl, node, logger, onCommitted });
    const address = { url: databaseUrl, node, compute };
    return {
      store,
      search: createPostgresSearch(address),
      consumers: [createSearchConsumer(address)],
      hints: new PostgresHints({ url: databaseUrl, node, logger }),
    };
  }
  const path = databasePath(dataDir);
  const store = await openSqliteStore({ path, now, onFatal, uncleanStop, onCommitted });
  return { store, search: createSqliteSearch({ path, compute }), consumers: [], hints: undefined };
}
