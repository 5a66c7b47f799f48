import assert from "node:assert";
import type Database from "better-sqlite3";
import { asRefusal, Refused, type UnitResult } from "./refusal.ts";
import { StatementCache } from "./statement-cache.ts";

/** A commit unit as the writer thread has it. */
export interface PlainUnit {
  sessionId: string;
  events: readonly PlainEvent[];
  writes: readonly PlainWrite[];
  fence: { taskId: string; attempt: number } | undefined;
  endedBlocks: readonly { blockId: string; fromSeq: number }[];
  /** False for pieces of blocks, so that a token costs no update of the session list's index. */
  touches: boolean;
  mayUseBallast: boolean;
}

export interface PlainEvent {
  taskId: string | null;
  attempt: number | null;
  type: string;
  blockId: string | null;
  /** JSON. */
  data: string;
}

export interface PlainWrite {
  sql: string;
  parameters: readonly unknown[];
  expectRows: number | undefined;
}

/** @param at integer ms since the epoch, for all of them. */
export type CommitUnits = (units: readonly PlainUnit[], at: number) => UnitResult[];

/**
 * Commits many units with one fsync. A unit that is refused leaves no trace and does not hinder the others.
 * The function that it gives answers with a result per unit, in order.
 * @throws what the engine throws where the whole batch could not be committed.
 */
export function createUnitCommitter(database: Database.Database): CommitUnits {
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

  /** @returns the seq of its first event. @throws Refused, before it has changed anything but by its own writes. */
  function apply(unit: PlainUnit, at: number): number {
    const { fence, sessionId, events } = unit;
    if (fence !== undefined && holdsTask.get(fence.taskId, fence.attempt) === undefined) {
      throw new Refused("fenced", `attempt ${fence.attempt} no longer holds task ${fence.taskId}`);
    }
    for (const { sql, parameters, expectRows } of unit.writes) {
      const rows = statements.run(sql, parameters);
      if (expectRows !== undefined && rows !== expectRows) {
        throw new Refused("guard", `${rows} rows instead of ${expectRows}`);
      }
    }
    if (events.length === 0) return 0;
    const lastSeq = unit.touches
      ? raiseSeqAndTouch.get(events.length, at, sessionId)
      : raiseSeq.get(events.length, sessionId);
    if (lastSeq === undefined) throw new Refused("guard", `session ${sessionId} does not exist`);
    assert(typeof lastSeq === "number");
    for (const { blockId, fromSeq } of unit.endedBlocks) deletePieces.run(sessionId, fromSeq, blockId);
    const firstSeq = lastSeq - events.length + 1;
    let seq = firstSeq;
    for (const { taskId, attempt, type, blockId, data } of events) {
      insertEvent.run(sessionId, seq, taskId, attempt, type, blockId, at, data);
      seq += 1;
    }
    return firstSeq;
  }

  /** For units that can only be refused before they have changed anything: nothing is to be taken back. */
  function applyBare(unit: PlainUnit, at: number): UnitResult {
    try {
      return apply(unit, at);
    } catch (error) {
      if (error instanceof Refused) return error.refusal;
      throw error;
    }
  }

  function applyGuarded(unit: PlainUnit, at: number): UnitResult {
    savepoint.run();
    try {
      const firstSeq = apply(unit, at);
      release.run();
      return firstSeq;
    } catch (error) {
      const refusal = asRefusal(error);
      if (refusal === undefined) throw error;
      rollbackUnit.run();
      release.run();
      return refusal;
    }
  }

  function commitAll(units: readonly PlainUnit[], at: number, guardAll: boolean): UnitResult[] {
    begin.run();
    try {
      const results = units.map((unit) =>
        guardAll || unit.writes.length > 0 ? applyGuarded(unit, at) : applyBare(unit, at),
      );
      commit.run();
      return results;
    } catch (error) {
      // Some errors (a full disk among them) have already rolled everything back.
      if (database.inTransaction) database.exec("rollback");
      if (!guardAll && asRefusal(error) !== undefined) return commitAll(units, at, true);
      throw error;
    }
  }

  return (units, at) => commitAll(units, at, false);
}
