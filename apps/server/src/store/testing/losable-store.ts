import assert from "node:assert/strict";
import type { PostgresServer } from "@trunkline/testkit";
import { pino } from "pino";
import type { Store } from "../port.ts";
import { openPostgresStore } from "../postgres/postgres-store.ts";
import { verifyPostgres } from "../postgres/verify-postgres.ts";
import { openSqliteStore, SqliteStore } from "../sqlite/sqlite-store.ts";
import { verifyDatabase } from "../sqlite/verify-database.ts";
import type { VerifyReport } from "../verify/verify-store.ts";

/** A store that can be lost in the middle of its work, as a crash of its process loses it, and opened again. */
export interface LosableStore {
  open(): Promise<Store>;
  /** From here on nothing more is stored. Earlier requests may be: `after` is later than `before`. */
  lose(store: Store, moment: "before" | "after"): Promise<void>;
  /** Compares rows with the fold of the logs. */
  verify(): Promise<Pick<VerifyReport, "differences">>;
}

/** A writer thread that can be killed. */
const DYING_WRITER = new URL("dying-writer.ts", import.meta.url);

export async function losableSqlite(path: string): Promise<LosableStore> {
  const options = { path, now: Date.now, onFatal: () => undefined };
  await (await openSqliteStore(options)).close();
  return {
    open: async () => SqliteStore.open(options, DYING_WRITER),
    async lose(store, moment) {
      // The writer thread hears it among the parameters.
      const word = store.tokens.touch(`please exit ${moment}`, 0);
      await word.then(
        () => assert(moment === "after", "the writer thread did not die"),
        () => undefined,
      );
    },
    verify: async () => verifyDatabase(path),
  };
}

/** How long a store tries to reach its database before it gives up, in ms. */
const PATIENCE_MS = 300;

/** @param server on which to create the database. */
export async function losablePostgres(server: PostgresServer): Promise<LosableStore> {
  const url = await server.createDatabase();
  const name = new URL(url).pathname.slice(1);
  const allowConnections = async (allowed: boolean): Promise<void> => {
    await server.sql(`alter database ${name} allow_connections ${allowed}`);
  };
  return {
    async open() {
      await allowConnections(true);
      const logger = pino({ level: "silent" });
      return openPostgresStore({ url, node: "test", now: Date.now, logger, patienceMs: PATIENCE_MS });
    },
    async lose(store, moment) {
      // As long as a commit started with it.
      if (moment === "after") await store.ping();
      await allowConnections(false);
      const ending = `select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = '${name}'`;
      await server.sql(ending);
    },
    verify: async () => verifyPostgres(url),
  };
}
