import { type ClientConfig, types } from "pg";
import { fromStoredText } from "./stored-text.ts";

/** Where all of Trunkline's tables are. */
export const SCHEMA = "trunkline";

/** How one kind of connection is used. All in ms. */
export interface ConnectionLimits {
  /** For PostgreSQL: a statement that takes longer is canceled. */
  statementMs: number;
  /** For PostgreSQL: one that waits longer for a lock is. */
  lockMs: number;
  /** For PostgreSQL: a client that leaves its transaction open for longer loses it, and the locks that it holds. */
  idleInTransactionMs: number;
  /** For this side: an answer that takes longer will not come. */
  answerMs: number;
  connectMs: number;
}

/** For what takes as long as it takes: migrations, a check of everything. 0: none. */
export const NO_LIMITS: ConnectionLimits = {
  statementMs: 0,
  lockMs: 0,
  idleInTransactionMs: 0,
  answerMs: 0,
  connectMs: 10_000,
};

/** Type numbers, as in `pg_type`. */
const INT8 = 20;
const NUMERIC = 1_700;
const TEXT = 25;

/** Whole numbers are milliseconds, counts and seqs, all of which a number holds exactly; sums of them are `numeric`. */
const PARSERS: Readonly<Record<number, (value: string) => unknown>> = {
  [INT8]: Number,
  [NUMERIC]: Number,
  [TEXT]: fromStoredText,
};

const getTypeParser: typeof types.getTypeParser = (type: number, format?: "text" | "binary") =>
  PARSERS[type] ??
  (types.getTypeParser as (type: number, format?: string) => (value: string) => unknown)(type, format);

/** For short statements that find their rows by an index: what pays for reports costs these more than they take. */
const SETTINGS = `-c search_path=${SCHEMA} -c jit=off -c max_parallel_workers_per_gather=0 -c synchronous_commit=on`;

/**
 * For statements that take arrays of ids, and of whose length the planner can only guess: with a few thousand sessions it would
 * rather read them all. Planned once for each connection, and not for each batch.
 */
const BATCH_SETTINGS =
  "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off";

/** @returns the same for connections that commit batches. */
export function batchConfig(config: ClientConfig): ClientConfig {
  return { ...config, connectionString: withSettings(config.connectionString ?? "", BATCH_SETTINGS) };
}

/**
 * @param url with a password maybe, and so for nobody else to see.
 * @param name of the node, for who looks at PostgreSQL's connections.
 */
export function connectionConfig(url: string, name: string, limits: ConnectionLimits): ClientConfig {
  return {
    connectionString: withSettings(url, SETTINGS),
    // PostgreSQL cuts it at 63 bytes, and warns about anything but ASCII.
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

/** What the URL says goes over what else is given, and the last of it over the rest: so all of it is in the last. */
function withSettings(url: string, settings: string): string {
  const own = [...url.matchAll(/[?&]options=([^&#]*)/g)].at(-1)?.[1] ?? "";
  const options = `${own}${own === "" ? "" : "%20"}${encodeURIComponent(settings)}`;
  return `${url}${url.includes("?") ? "&" : "?"}options=${options}`;
}
