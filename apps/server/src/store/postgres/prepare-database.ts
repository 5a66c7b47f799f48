import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from "kysely";
import { Client, type ClientConfig } from "pg";
import { migrateToLatest } from "../migrate.ts";
import { StoreOpenError } from "../port.ts";
import { SCHEMA } from "./connection-config.ts";
import { describeFault, faultOf, fromPostgres, refusalOf } from "./fault.ts";
import type { Patience } from "./patience.ts";
import { POSTGRES_MIGRATIONS } from "./postgres-migrations.ts";

const OLDEST_VERSION = 150_000;

/** An arbitrary number, the same for every node: one migrates, the others wait. */
const MIGRATION_LOCK = 7_208_601;

/** There while `migrate-store` fills the database, and only then. */
export const FILLING_TABLE = "transfer_source";

/**
 * Checks the server's version and settings, and creates or migrates our tables. Waits a while for a server that is not
 * up yet, as when both start together.
 * @param isFilled called by `migrate-store`, which alone may open a store that it has filled in part.
 */
export async function prepareDatabase(
  config: ClientConfig,
  patience: Patience,
  { isFilled = false }: { isFilled?: boolean } = {},
): Promise<void> {
  for (let tries = 1; ; tries++) {
    const client = createClient({ ...config, statement_timeout: 0, lock_timeout: 0, query_timeout: 0 });
    client.on("error", () => undefined);
    try {
      await client.connect();
      await assertServer(client);
      await migrate(client);
      if (!isFilled) await assertWhole(client);
      patience.succeeded();
      return;
    } catch (thrown) {
      if (thrown instanceof StoreOpenError) throw thrown;
      const isMigration = thrown instanceof Error && thrown.cause !== undefined;
      const error = fromPostgres(isMigration ? thrown.cause : thrown);
      if (refusalOf(error) === undefined) {
        const fault = faultOf(error);
        if (fault === "statement" || fault === "full") throw thrown;
        if (await patience.again(tries, error)) continue;
      }
      throw new StoreOpenError(
        "unreachable",
        `PostgreSQL at ${addressOf(client)} cannot be used: ${describeFault(error)}. Check that it runs, and ` +
          "the host, port, user, password and database of TRUNKLINE_DATABASE_URL",
      );
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

function createClient(config: ClientConfig): Client {
  try {
    return new Client(config);
  } catch (error) {
    // Its text may contain whatever could be parsed of the URL, so only report the message.
    throw new StoreOpenError("unreachable", `TRUNKLINE_DATABASE_URL cannot be used: ${describeFault(error)}`);
  }
}

async function assertServer(client: Client): Promise<void> {
  const { rows } = await client.query<ServerFacts>(`
    select current_setting('server_version_num')::int as version, current_setting('server_version') as name,
           current_setting('server_encoding') as encoding`);
  const [server] = rows;
  if (server !== undefined) checkServer(server);
}

async function assertWhole(client: Client): Promise<void> {
  const { rows } = await client.query<{ isFilling: boolean }>(
    'select to_regclass($1) is not null as "isFilling"',
    [`${SCHEMA}.${FILLING_TABLE}`],
  );
  if (rows[0]?.isFilling !== true) return;
  throw new StoreOpenError(
    "unsupported",
    "A migration into this database is not finished: run trunkline migrate-store again, with the same addresses",
  );
}

interface ServerFacts {
  /** 150004 is 15.4. */
  version: number;
  name: string;
  encoding: string;
}

/** @throws StoreOpenError `unsupported` */
export function checkServer({ version, name, encoding }: ServerFacts): void {
  if (version < OLDEST_VERSION) {
    throw new StoreOpenError(
      "unsupported",
      `PostgreSQL ${name} is too old: Trunkline needs version 15 or later`,
    );
  }
  if (encoding !== "UTF8") {
    throw new StoreOpenError(
      "unsupported",
      `The database's encoding is ${encoding}, and Trunkline needs UTF8: create database NAME encoding 'UTF8' template template0`,
    );
  }
}

async function migrate(client: Client): Promise<void> {
  await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
  // `create schema if not exists` needs the privilege to create even if it exists.
  const { rows } = await client.query<{ isThere: boolean }>(
    'select to_regnamespace($1) is not null as "isThere"',
    [SCHEMA],
  );
  if (rows[0]?.isThere !== true) await client.query(`create schema ${SCHEMA}`);
  // All on this one connection, which holds the lock.
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
