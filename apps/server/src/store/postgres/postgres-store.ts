import assert from "node:assert";
import type { SessionEvent } from "@trunkline/contract";
import {
  HandleEmptyInListsPlugin,
  Kysely,
  PostgresDialect,
  replaceWithNoncontingentExpression,
} from "kysely";
import type { Logger } from "pino";
import { charactersOf, type Commit } from "../commit.ts";
import { assertCommitting, GroupCommit, type OnCommitted } from "../group-commit.ts";
import { statementsBeside } from "../nouns/statements-beside.ts";
import { createNouns } from "../nouns/nouns.ts";
import { isOnlyPiece, mergePieces } from "../piece-merge.ts";
import { type AppendOptions, type Store, type StoredDraft, StoreUnavailableError } from "../port.ts";
import type { Database } from "../schema.ts";
import type { WriteStatements } from "../statement.ts";
import { batchConfig, connectionConfig, type ConnectionLimits } from "./connection-config.ts";
import { DatabaseClock } from "./database-clock.ts";
import { describeFault } from "./fault.ts";
import { Lane } from "./lane.ts";
import { createNews } from "./news.ts";
import { Patience } from "./patience.ts";
import { postgresDialect } from "./postgres-dialect.ts";
import { createPostgresLimits } from "./postgres-limits.ts";
import { createPostgresOutbox } from "./postgres-outbox.ts";
import { createPostgresSharedDirectory } from "./postgres-shared-directory.ts";
import { PostgresTurns } from "./postgres-turns.ts";
import { prepareDatabase } from "./prepare-database.ts";
import { ReadingPool } from "./reading-pool.ts";

export interface PostgresStoreOptions {
  /** `postgres://user:password@host:port/database`; never logged. */
  url: string;
  /** The node's name in PostgreSQL's list of connections. */
  node: string;
  /** In place of the database's clock, integer ms since the epoch. */
  now?: () => number;
  logger: Pick<Logger, "info" | "warn">;
  /** Connections that commit, beside one for what belongs to no session. */
  lanes?: number;
  /** Connections that read, at most. */
  readers?: number;
  /** How long reads and commits are tried again while PostgreSQL cannot be used, in ms. */
  patienceMs?: number;
  limits?: Partial<ConnectionLimits>;
  onCommitted?: OnCommitted | undefined;
}

const LIMITS: ConnectionLimits = {
  statementMs: 15_000,
  lockMs: 5_000,
  // A node suspended in the middle of a commit blocks others no longer than this.
  idleInTransactionMs: 4_000,
  answerMs: 20_000,
  connectMs: 5_000,
};
const LANES = 4;
const READERS = 8;
const PATIENCE_MS = 10_000;

/** Of one transaction: bounds how long its sessions are locked. */
const MAX_COMMITS = 256;
const MAX_CHARACTERS = 8_000_000;

/** Key of what belongs to no session's log. */
const NO_SESSION = "";

/**
 * A store that any number of nodes share.
 * @throws StoreOpenError where the database cannot be used as it is.
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const { url, node, logger, patienceMs = PATIENCE_MS } = options;
  const config = connectionConfig(url, node, { ...LIMITS, ...options.limits });
  const createPatience = watchOutages(patienceMs, logger);
  await prepareDatabase(config, createPatience());

  const pool = new ReadingPool(config, options.readers ?? READERS, createPatience());
  const clock =
    options.now === undefined
      ? await DatabaseClock.start({
          ask: async () => timeOf(await pool.read(CLOCK, [])),
          monotonicNow: () => performance.now(),
        })
      : { now: options.now, stop: () => undefined };
  // Nothing is in an empty list, which SQLite knows and PostgreSQL cannot parse.
  const emptyLists = new HandleEmptyInListsPlugin({ strategy: replaceWithNoncontingentExpression });
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }), plugins: [emptyLists] });
  const createLane = (): { lane: Lane; commits: GroupCommit<Commit, SessionEvent[]> } => {
    const lane = new Lane(batchConfig(config), createPatience(), clock.now);
    const commits = new GroupCommit<Commit, SessionEvent[]>({
      commitBatch: async (batch) => lane.commit(batch),
      keyOf: (commit) => commit.sessionId,
      merge: mergePieces,
      mayWait: isOnlyPiece,
      weightOf: charactersOf,
      maxItems: MAX_COMMITS,
      maxWeight: MAX_CHARACTERS,
      onCommitted: options.onCommitted,
    });
    return { lane, commits };
  };
  const sessionLanes = Array.from({ length: options.lanes ?? LANES }, createLane);
  const otherLane = createLane();
  const lanes = [...sessionLanes, otherLane];
  const turns = new PostgresTurns(config, createPatience());
  let isClosing = false;

  /** A session's commits are all on one lane, which keeps their order. */
  const commit = async (one: Commit): Promise<SessionEvent[]> => {
    if (isClosing) throw new StoreUnavailableError("unavailable", "The server is stopping");
    const lane =
      one.sessionId === NO_SESSION ? undefined : sessionLanes[hashOf(one.sessionId) % sessionLanes.length];
    return (lane ?? otherLane).commits.add(one);
  };
  const write: WriteStatements = async (statements) => {
    await commit({ sessionId: NO_SESSION, events: [], statements });
  };
  const nouns = createNouns({
    db,
    write,
    dialect: postgresDialect,
    // Repeated, they do no harm; so they need not queue up for a transaction.
    writeLease: async (statements) => {
      for (const { sql, parameters } of statements) await pool.read(sql, parameters);
    },
    insertLog: async (sessionId, imported) => {
      await commit({ sessionId, events: [], imported });
    },
  });

  return {
    ...nouns,
    events: { ...nouns.events, news: createNews(db) },
    outbox: createPostgresOutbox(db, write),
    turns,
    limits: createPostgresLimits(db),
    sharedDirectory: createPostgresSharedDirectory(db),
    isExclusive: false,
    now: clock.now,
    async append(
      sessionId: string,
      events: readonly StoredDraft[],
      { audit, rule, ...rest }: AppendOptions = {},
    ): Promise<SessionEvent[]> {
      const statements = statementsBeside(db, { audit, rule });
      return commit({ ...rest, sessionId, events, ...(statements && { statements }) });
    },
    async ping() {
      for (const { commits } of lanes) assertCommitting(commits);
      await pool.ping();
    },
    async close() {
      // What comes from now on is refused, and made up for at the next start.
      isClosing = true;
      clock.stop();
      await Promise.all(lanes.map(async ({ commits }) => commits.whenIdle()));
      await Promise.all(lanes.map(async ({ lane }) => lane.close()));
      await turns.close();
      await pool.end();
    },
  };
}

const CLOCK = "select extract(epoch from clock_timestamp()) * 1000 as now";

function timeOf({ rows }: { rows: unknown[] }): number {
  const [row] = rows as { now: number }[];
  assert(row !== undefined && Number.isFinite(row.now), "PostgreSQL has no time");
  return row.now;
}

/** FNV-1a: spreads ids with a common prefix. */
function hashOf(text: string): number {
  let hash = 2_166_136_261;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 16_777_619);
  }
  return hash >>> 0;
}

/** All connections lose a server at once: log it once, and once that it is back. */
function watchOutages(patienceMs: number, logger: PostgresStoreOptions["logger"]): () => Patience {
  const failing = new Set<object>();
  return () => {
    const who = {};
    return new Patience(patienceMs, (isReachable, error) => {
      if (!isReachable) {
        if (failing.size === 0) {
          logger.warn({ error: describeFault(error) }, "PostgreSQL cannot be used; trying again");
        }
        failing.add(who);
      } else if (failing.delete(who) && failing.size === 0) {
        logger.info("PostgreSQL can be used again");
      }
    });
  };
}
