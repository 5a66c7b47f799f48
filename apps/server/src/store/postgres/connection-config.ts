import { type ClientConfig, types } from "pg";
import { SERVER_KEEPALIVE, withSettings } from "../../common/postgres-settings.ts";
import { fromStoredText } from "./stored-text.ts";

/** Schema of all of Trunkline's tables. */
export const SCHEMA = "trunkline";

/** Timeouts of a kind of connection. All in ms. */
export interface ConnectionLimits {
  /** In PostgreSQL: cancels a longer statement. */
  statementMs: number;
  /** In PostgreSQL: cancels a longer wait for a lock. */
  lockMs: number;
  /** In PostgreSQL: ends a client that leaves its transaction open for longer, releasing its locks. */
  idleInTransactionMs: number;
  /** On this side: a later answer will not come. */
  answerMs: number;
  connectMs: number;
}

/** For migrations and verification, which take as long as they take. 0: none. */
export const NO_LIMITS: ConnectionLimits = {
  statementMs: 0,
  lockMs: 0,
  idleInTransactionMs: 0,
  answerMs: 0,
  connectMs: 10_000,
};

/** OIDs from `pg_type`. */
const INT8 = 20;
const NUMERIC = 1_700;
const TEXT = 25;

/** Integers are milliseconds, counts and seqs, all of which fit into a number exactly; their sums are `numeric`. */
const PARSERS: Readonly<Record<number, (value: string) => unknown>> = {
  [INT8]: Number,
  [NUMERIC]: Number,
  [TEXT]: fromStoredText,
};

const getTypeParser: typeof types.getTypeParser = (type: number, format?: "text" | "binary") =>
  PARSERS[type] ??
  (types.getTypeParser as (type: number, format?: string) => (value: string) => unknown)(type, format);

/** For short statements that find their rows by an index: JIT and parallel plans cost more than they save. */
const SETTINGS = `-c search_path=${SCHEMA} -c jit=off -c max_parallel_workers_per_gather=0 -c synchronous_commit=on ${SERVER_KEEPALIVE}`;

/**
 * For statements with arrays of ids whose length the planner can only guess: with a few thousand sessions it would
 * rather scan them all. Planned once per connection, not per batch.
 */
const BATCH_SETTINGS =
  "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off";

/** @returns the same for connections that commit batches. */
export function batchConfig(config: ClientConfig): ClientConfig {
  return { ...config, connectionString: withSettings(config.connectionString ?? "", BATCH_SETTINGS) };
}

/**
 * @param url may contain a password, so never log it.
 * @param name of the node, as shown in PostgreSQL's list of connections.
 */
export function connectionConfig(url: string, name: string, limits: ConnectionLimits): ClientConfig {
  return {
    connectionString: withSettings(url, SETTINGS),
    // PostgreSQL truncates it to 63 bytes, and warns about anything but ASCII.
    application_name: `trunkline ${name}`.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, 63),
    statement_timeout: limits.statementMs,
    lock_timeout: limits.lockMs,
    idle_in_transaction_session_timeout: limits.idleInTransactionMs,
    query_timeout: limits.answerMs,
    connectionTimeoutMillis: limits.connectMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: { getTypeParser },
  };
}
