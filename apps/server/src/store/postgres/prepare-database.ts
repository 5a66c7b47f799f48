import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from "kysely";
import { Client, type ClientConfig, DatabaseError } from "pg";
import { migrateToLatest } from "../migrate.ts";
import { StoreOpenError } from "../port.ts";
import { SCHEMA } from "./connection-config.ts";
import { describeFault, faultOf, fromPostgres } from "./fault.ts";
import type { Patience } from "./patience.ts";
import { POSTGRES_MIGRATIONS } from "./postgres-migrations.ts";

const OLDEST_VERSION = 150_000;

/** Any number, the same for every node: one migrates, the others wait. */
const MIGRATION_LOCK = 7_208_601;

/**
 * Checks that the server is one that we know, and creates our tables or brings them up to this version. Waits a while for
 * a server that is not there yet, as when both start at once.
 * @throws StoreOpenError
 */
export async function prepareDatabase(config: ClientConfig, patience: Patience): Promise<void> {
  for (let tries = 1; ; tries++) {
    const client = new Client({ ...config, statement_timeout: 0, lock_timeout: 0, query_timeout: 0 });
    client.on("error", () => undefined);
    try {
      await client.connect();
      await assertServer(client);
      await migrate(client);
      patience.succeeded();
      return;
    } catch (thrown) {
      if (thrown instanceof StoreOpenError) throw thrown;
      const isMigration = thrown instanceof Error && thrown.cause !== undefined;
      const error = fromPostgres(isMigration ? thrown.cause : thrown);
      const fault = faultOf(error);
      if (fault === "statement" || fault === "full") throw thrown;
      // Wrong credentials and databases that do not exist are put right by people, not by time.
      const isRefused = error instanceof DatabaseError && /^(28|3D)/.test(error.code ?? "");
      if (!isRefused && (await patience.again(tries, error))) continue;
      throw new StoreOpenError(
        "unreachable",
        `PostgreSQL at ${addressOf(client)} cannot be used (${describeFault(error)}): check that it runs, and the ` +
          "host, user, password and database of TRUNKLINE_DATABASE_URL",
      );
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

async function assertServer(client: Client): Promise<void> {
  const { rows } = await client.query<{ version: number; name: string; encoding: string }>(`
    select current_setting('server_version_num')::int as version, current_setting('server_version') as name,
           current_setting('server_encoding') as encoding`);
  const [server] = rows;
  if (server === undefined || server.version < OLDEST_VERSION) {
    throw new StoreOpenError(
      "unsupported",
      `PostgreSQL ${server?.name ?? "of unknown version"} is too old: Trunkline needs version 15 or later`,
    );
  }
  if (server.encoding !== "UTF8") {
    throw new StoreOpenError(
      "unsupported",
      `The database's encoding is ${server.encoding}: create one with encoding UTF8 (create database … encoding 'UTF8' template template0)`,
    );
  }
}

async function migrate(client: Client): Promise<void> {
  await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
  await client.query(`create schema if not exists ${SCHEMA}`);
  // All of it on this one connection, which holds the lock.
  const only = { query: client.query.bind(client), release: () => undefined } as PostgresPoolClient;
  const pool: PostgresPool = { connect: async () => only, end: async () => undefined, options: {} };
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  await migrateToLatest(db, POSTGRES_MIGRATIONS, SCHEMA);
  await client.query("delete from commit_marks where at < $1", [Date.now() - MARK_AGE_MS]);
}

/** Of nodes that ended without removing theirs; no commit is unknown for that long. */
const MARK_AGE_MS = 7 * 24 * 3_600_000;

/** Without user and password. */
function addressOf({ host, port, database }: Client): string {
  return `${host}:${port}/${database ?? ""}`;
}
