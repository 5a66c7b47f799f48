import { existsSync } from "node:fs";
import type { Logger } from "pino";
import type { Compute } from "../compute/port.ts";
import type { Engine } from "./engine.ts";
import type { OnCommitted } from "./group-commit.ts";
import type { StoreUnavailableError } from "./port.ts";
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
    // A part of the start that a server with the embedded database can do without.
    const { openPostgresEngine } = await import("./postgres/postgres-engine.ts");
    return openPostgresEngine({ url: databaseUrl, node, compute, logger, onCommitted });
  }
  const path = databasePath(dataDir);
  const store = await openSqliteStore({ path, now, onFatal, uncleanStop, onCommitted });
  return { store, search: createSqliteSearch({ path, compute }), consumers: [], hints: undefined };
}
