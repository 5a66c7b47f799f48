import assert from "node:assert";
import type Database from "better-sqlite3";

/** A commit unit in the form that crosses to the writer thread: plain data, event data already JSON. */
export interface PlainUnit {
  sessionId: string;
  at: number;
  events: readonly PlainEvent[];
  writes: readonly PlainWrite[];
  fence: { taskId: string; attempt: number } | undefined;
  endedBlocks: readonly { blockId: string; fromSeq: number }[];
  /** False for pieces of blocks, so that a token costs no update of the session list's index. */
  touches: boolean;
}

export interface PlainEvent {
  taskId: string | null;
  attempt: number | null;
  type: string;
  blockId: string | null;
  data: string;
}

export interface PlainWrite {
  sql: string;
  parameters: readonly unknown[];
  expectRows: number | undefined;
}

export type UnitResult =
  | { ok: true; firstSeq: number }
  | { ok: false; error: "guard" | "fenced" | "unique"; detail: string };

class Refused extends Error {
  readonly error: "guard" | "fenced" | "unique";
  constructor(error: "guard" | "fenced" | "unique", detail: string) {
    super(detail);
    this.error = error;
  }
}

/**
 * Commits many units with one fsync. A unit that is refused leaves no trace and does not hinder the others.
 * @returns a result per unit, in order. @throws what the engine throws where the whole batch could not be committed.
 */
export function createUnitCommitter(database: Database.Database): (units: readonly PlainUnit[]) => UnitResult[] {
  const begin = database.prepare("begin immediate");
  const commit = database.prepare("commit");
  const savepoint = database.prepare("savepoint unit");
  const release = database.prepare("release unit");
  const rollbackUnit = database.prepare("rollback to unit");
  const holdsTask = database
    .prepare("select 1 from tasks where id = ? and attempt = ? and state = 'working'")
    .pluck();
  const raiseSeq = database
    .prepare("update sessions set last_seq = last_seq + ? where id = ? returning last_seq")
    .pluck();
  const raiseSeqAndTouch = database
    .prepare("update sessions set last_seq = last_seq + ?, updated_at = ? where id = ? returning last_seq")
    .pluck();
  const insertEvent = database.prepare(
    "insert into events (session_id, seq, task_id, attempt, type, block_id, at, data) values (?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const deletePieces = database.prepare(
    "delete from events where session_id = ? and seq >= ? and block_id = ?",
  );
  const statements = new StatementCache(database);

  function apply(unit: PlainUnit): number {
    const { fence, sessionId, events } = unit;
    if (fence !== undefined && holdsTask.get(fence.taskId, fence.attempt) === undefined) {
      throw new Refused("fenced", `attempt ${fence.attempt} no longer holds task ${fence.taskId}`);
    }
    for (const write of unit.writes) {
      const rows = statements.run(write);
      if (write.expectRows !== undefined && rows !== write.expectRows) {
        throw new Refused("guard", `${rows} rows instead of ${write.expectRows}`);
      }
    }
    if (events.length === 0) return 0;
    for (const block of unit.endedBlocks) deletePieces.run(sessionId, block.fromSeq, block.blockId);
    const lastSeq = unit.touches
      ? raiseSeqAndTouch.get(events.length, unit.at, sessionId)
      : raiseSeq.get(events.length, sessionId);
    if (lastSeq === undefined) throw new Refused("guard", `session ${sessionId} does not exist`);
    assert(typeof lastSeq === "number");
    const firstSeq = lastSeq - events.length + 1;
    let seq = firstSeq;
    for (const event of events) {
      insertEvent.run(
        sessionId,
        seq,
        event.taskId,
        event.attempt,
        event.type,
        event.blockId,
        unit.at,
        event.data,
      );
      seq += 1;
    }
    return firstSeq;
  }

  function attempt(unit: PlainUnit): UnitResult {
    savepoint.run();
    try {
      const firstSeq = apply(unit);
      release.run();
      return { ok: true, firstSeq };
    } catch (error) {
      const refused = asRefusal(error);
      if (refused === undefined) throw error;
      rollbackUnit.run();
      release.run();
      return { ok: false, error: refused.error, detail: refused.message };
    }
  }

  return (units) => {
    begin.run();
    try {
      const results = units.map(attempt);
      commit.run();
      return results;
    } catch (error) {
      // Some errors (a full disk among them) have already rolled everything back.
      if (database.inTransaction) database.exec("rollback");
      throw error;
    }
  };
}

function asRefusal(error: unknown): Refused | undefined {
  if (error instanceof Refused) return error;
  if (error instanceof Error && "code" in error) {
    if (error.code === "SQLITE_CONSTRAINT_UNIQUE" || error.code === "SQLITE_CONSTRAINT_PRIMARYKEY") {
      return new Refused("unique", error.message.replace(/^.*failed: /, ""));
    }
    if (error.code === "SQLITE_CONSTRAINT_FOREIGNKEY") return new Refused("guard", error.message);
  }
  return undefined;
}

/** Prepares each statement text once; the callers' texts are few and fixed, the bound is for safety. */
class StatementCache {
  readonly #database: Database.Database;
  readonly #statements = new Map<string, Database.Statement>();

  constructor(database: Database.Database) {
    this.#database = database;
  }

  /** @returns rows changed, or rows returned by a statement that returns rows. */
  run(write: PlainWrite): number {
    let statement = this.#statements.get(write.sql);
    if (statement === undefined) {
      if (this.#statements.size >= 500) this.#statements.clear();
      statement = this.#database.prepare(write.sql);
      this.#statements.set(write.sql, statement);
    }
    return statement.reader
      ? statement.all(...write.parameters).length
      : statement.run(...write.parameters).changes;
  }
}
