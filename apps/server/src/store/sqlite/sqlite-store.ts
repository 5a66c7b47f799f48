import type { SessionEvent } from "@trunkline/contract";
import type Database from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";
import { mergeDeltas, touchesSession } from "../delta-merge.ts";
import { GroupCommit, type Settled } from "../group-commit.ts";
import { migrateToLatest } from "../migrate.ts";
import {
  FencedError,
  type CommitUnit,
  GuardFailedError,
  type Store,
  StoreUnavailableError,
  UniqueViolationError,
  type Write,
} from "../port.ts";
import type { Database as Schema } from "../schema.ts";
import type { PlainUnit, UnitResult } from "./commit-units.ts";
import { openDatabase } from "./open-database.ts";
import { ensureSearchIndex } from "./search-index.ts";
import { Writer } from "./writer.ts";

export interface SqliteStoreOptions {
  /** File of the database; created where it is missing. */
  path: string;
  /** Integer ms since the epoch. */
  now: () => number;
  /** Called once, when commits have failed for good: the process must stop acknowledging, which means ending. */
  onFatal: (error: Error) => void;
}

/** @throws Error where the file cannot be opened, is no database, or cannot be migrated. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  await migrate(options.path);
  const writer = await Writer.start(options.path);
  const reader = openDatabase(options.path, "read");
  return new SqliteStore(writer, reader, options);
}

async function migrate(path: string): Promise<void> {
  const database = openDatabase(path, "write");
  const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database }) });
  try {
    await migrateToLatest(db);
    ensureSearchIndex(database);
  } finally {
    await db.destroy();
  }
}

/** Units in one transaction; bounds how long the writer thread is away, and the size of one message. */
const MAX_BATCH = 256;

class SqliteStore implements Store {
  readonly db: Kysely<Schema>;
  readonly #writer: Writer;
  readonly #groupCommit: GroupCommit<CommitUnit, SessionEvent[]>;
  readonly #now: () => number;
  readonly #onFatal: (error: Error) => void;

  constructor(writer: Writer, reader: Database.Database, options: SqliteStoreOptions) {
    this.db = new Kysely<Schema>({ dialect: new SqliteDialect({ database: reader }) });
    this.#writer = writer;
    this.#now = options.now;
    this.#onFatal = options.onFatal;
    this.#groupCommit = new GroupCommit({
      commitBatch: async (units) => this.#commitBatch(units),
      keyOf: (unit) => unit.sessionId,
      merge: mergeDeltas,
      maxBatch: MAX_BATCH,
    });
  }

  async commit(unit: CommitUnit): Promise<SessionEvent[]> {
    return this.#groupCommit.add(unit);
  }

  async write(writes: readonly Write[]): Promise<void> {
    await this.#groupCommit.add({ sessionId: NO_SESSION, events: [], writes });
  }

  async close(): Promise<void> {
    await this.#groupCommit.whenIdle();
    await this.#writer.close();
    await this.db.destroy();
  }

  async #commitBatch(units: CommitUnit[]): Promise<Settled<SessionEvent[]>[]> {
    const at = this.#now();
    try {
      const results = await this.#writer.commit(units.map((unit) => toPlain(unit, at)));
      return units.map((unit, index) => toSettled(unit, at, results[index]!));
    } catch (error) {
      if (error instanceof StoreUnavailableError && error.reason === "unavailable") this.#onFatal(error);
      throw error;
    }
  }
}

/** Key of units that belong to no session's log. */
const NO_SESSION = "";

function toPlain(unit: CommitUnit, at: number): PlainUnit {
  return {
    sessionId: unit.sessionId,
    at,
    events: unit.events.map((event) => ({
      taskId: event.taskId,
      attempt: event.attempt ?? null,
      type: event.type,
      blockId: event.blockId ?? null,
      data: JSON.stringify(event.data),
    })),
    writes: (unit.writes ?? []).map(({ sql, parameters, expectRows }) => ({ sql, parameters, expectRows })),
    fence: unit.fence,
    endedBlocks: unit.endedBlocks ?? [],
    touches: touchesSession(unit),
  };
}

function toSettled(unit: CommitUnit, at: number, result: UnitResult): Settled<SessionEvent[]> {
  if (result.ok) {
    const events = unit.events.map(
      ({ taskId, type, data }, index) =>
        ({ sessionId: unit.sessionId, taskId, seq: result.firstSeq + index, at, type, data }) as SessionEvent,
    );
    return { ok: true, value: events };
  }
  switch (result.error) {
    case "fenced":
      return { ok: false, error: new FencedError(result.detail) };
    case "guard":
      return { ok: false, error: new GuardFailedError(result.detail) };
    case "unique":
      return { ok: false, error: new UniqueViolationError(result.detail) };
  }
}
