import type { SessionEvent } from "@trunkline/contract";
import type Database from "better-sqlite3";
import type { CommitResult } from "../commit.ts";
import { Refused } from "../refusal.ts";
import { checkExpectation } from "../rows/expectation.ts";
import { outboxRow } from "../rows/outbox-row.ts";
import { changesRows, reduce } from "../rows/reduce.ts";
import { asRefusal } from "./as-refusal.ts";
import type { PlainCommit, PlainEvent } from "./commit-message.ts";
import { RowStore } from "./row-store.ts";
import { StatementCache } from "./statement-cache.ts";

/** @param at integer ms since the epoch, for all of them. */
export type Committer = (commits: readonly PlainCommit[], at: number) => CommitResult[];

/**
 * Commits many with one fsync. A refused one leaves no trace and does not affect the others. The returned function
 * gives a result for each, in order.
 * @throws what the engine throws if the whole batch could not be committed.
 */
export function createCommitter(database: Database.Database): Committer {
  const begin = database.prepare("begin immediate");
  const commit = database.prepare("commit");
  const savepoint = database.prepare("savepoint part");
  const release = database.prepare("release part");
  const rollbackPart = database.prepare("rollback to part");
  const holdsTask = database
    .prepare("select 1 from tasks where id = ? and attempt = ? and state = 'working'")
    .pluck();
  const isThere = database.prepare("select 1 from sessions where id = ? and deleted_at is null").pluck();
  const raiseSeq = database
    .prepare("update sessions set last_seq = last_seq + ? where id = ? returning last_seq")
    .pluck();
  const raiseSeqAndTouch = database
    .prepare("update sessions set last_seq = last_seq + ?, updated_at = ? where id = ? returning last_seq")
    .pluck();
  const setSeq = database.prepare("update sessions set last_seq = ? where id = ? and deleted_at is not null");
  const insertEvent = database.prepare(
    "insert into events (session_id, seq, task_id, attempt, type, block_id, at, data) values (?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const deletePieces = database.prepare(
    "delete from events where session_id = ? and seq >= ? and block_id = ?",
  );
  const insertOutbox = database.prepare("insert into outbox (session_id, seq, type, at) values (?, ?, ?, ?)");
  const wantedTypes = database.prepare<[], string>("select distinct type from outbox_wanted").pluck();
  /** Types wanted by consumers; reloaded whenever one registers. */
  let wanted: ReadonlySet<string> = new Set(wantedTypes.all());
  const statements = new StatementCache(database);
  const rows = new RowStore(database, statements);

  /** @returns the seq of its first event. @throws Refused, before it has changed anything if no rows change. */
  function apply(part: PlainCommit, at: number): number {
    const { fence, sessionId, events, expect } = part;
    if (fence !== undefined && holdsTask.get(fence.taskId, fence.attempt) === undefined) {
      throw new Refused("fenced", `attempt ${fence.attempt} no longer holds task ${fence.taskId}`);
    }
    if (expect !== undefined) {
      checkExpectation(expect, rows.reader(sessionId), (id) => isThere.get(id) !== undefined);
    }
    for (const { sql, parameters, expectRows } of part.statements) {
      const changed = statements.run(sql, parameters);
      if (expectRows !== undefined && changed !== expectRows) {
        throw new Refused("guard", `${changed} rows instead of ${expectRows}`, "row");
      }
    }
    if (events.length === 0) return 0;
    if (part.isImported) return storeImported(part);
    const firstSeq = nextSeq(part, at);
    for (const { blockId, fromSeq } of part.endedBlocks) deletePieces.run(sessionId, fromSeq, blockId);
    for (const [index, event] of events.entries()) store(part, event, firstSeq + index, at);
    return firstSeq;
  }

  /** @returns the seq of the first event, reserving seqs for all of them. */
  function nextSeq(part: PlainCommit, at: number): number {
    const { sessionId, events, ownerId, touches } = part;
    const { length } = events;
    if (ownerId !== undefined && events[0]?.type === "session.created") return 1;
    const lastSeq = touches ? raiseSeqAndTouch.get(length, at, sessionId) : raiseSeq.get(length, sessionId);
    if (lastSeq === undefined) throw new Refused("guard", `session ${sessionId} does not exist`, "session");
    return (lastSeq as number) - length + 1;
  }

  function store(part: PlainCommit, event: PlainEvent, seq: number, at: number): void {
    const { sessionId } = part;
    const { taskId, attempt, type, blockId, data } = event;
    if (changesRows(type)) {
      const stored = { sessionId, seq, taskId, at, type, data: JSON.parse(data) as unknown } as SessionEvent;
      rows.apply(sessionId, reduce(stored, rows.reader(sessionId), part));
      // The session exists from here on, with the rest of its first commit.
      if (seq === 1 && type === "session.created" && !part.isImported)
        raiseSeq.run(part.events.length, sessionId);
    }
    insertEvent.run(sessionId, seq, taskId, attempt, type, blockId, at, data);
    if (wanted.size === 0) return;
    const entry = outboxRow({ sessionId, seq, at, type }, wanted, part.isImported);
    if (entry !== undefined) insertOutbox.run(entry.session_id, entry.seq, entry.type, entry.at);
  }

  /** With their own seqs, in a session that is being filled. */
  function storeImported(part: PlainCommit): number {
    const { sessionId, events } = part;
    for (const event of events) store(part, event, event.seq ?? 0, event.at ?? 0);
    const { changes } = setSeq.run(events.at(-1)?.seq ?? 0, sessionId);
    if (changes !== 1) throw new Refused("guard", `session ${sessionId} is not being filled`, "session");
    return events[0]?.seq ?? 0;
  }

  /** For commits that can only be refused before they change anything: no savepoint needed. */
  function applyBare(part: PlainCommit, at: number): CommitResult {
    try {
      return apply(part, at);
    } catch (error) {
      if (error instanceof Refused) return error.refusal;
      throw error;
    }
  }

  function applyGuarded(part: PlainCommit, at: number): CommitResult {
    savepoint.run();
    try {
      const firstSeq = apply(part, at);
      release.run();
      return firstSeq;
    } catch (error) {
      const refusal = asRefusal(error);
      if (refusal === undefined) throw error;
      rollbackPart.run();
      release.run();
      return refusal;
    }
  }

  function commitAll(parts: readonly PlainCommit[], at: number, guardAll: boolean): CommitResult[] {
    begin.run();
    try {
      const results = parts.map((part) =>
        guardAll || changesMore(part) ? applyGuarded(part, at) : applyBare(part, at),
      );
      commit.run();
      if (parts.some(changesWanted)) wanted = new Set(wantedTypes.all());
      return results;
    } catch (error) {
      // Some errors, such as a full disk, have already rolled everything back.
      if (database.inTransaction) database.exec("rollback");
      if (!guardAll && asRefusal(error) !== undefined) return commitAll(parts, at, true);
      throw error;
    }
  }

  return (parts, at) => commitAll(parts, at, false);
}

/** Whether it changes more than the log itself. */
function changesMore({ statements, events, isImported }: PlainCommit): boolean {
  return isImported || statements.length > 0 || events.some(({ type }) => changesRows(type));
}

function changesWanted({ statements }: PlainCommit): boolean {
  return statements.some(({ sql }) => sql.includes("outbox_wanted"));
}
