import type { SessionEvent } from "@trunkline/contract";
import type Database from "better-sqlite3";
import type { CommitResult } from "../commit.ts";
import type { Fence } from "../ports/append.ts";
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
  // One statement in place of two for each token.
  const whileHeld = "exists (select 1 from tasks where id = ? and attempt = ? and state = 'working')";
  const raiseHeldSeq = database
    .prepare(`update sessions set last_seq = last_seq + ? where id = ? and ${whileHeld} returning last_seq`)
    .pluck();
  const raiseHeldSeqAndTouch = database
    .prepare(
      `update sessions set last_seq = last_seq + ?, updated_at = ? where id = ? and ${whileHeld} returning last_seq`,
    )
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
  /** Whether the commit under way has changed more than rows. */
  let hasWritten = false;

  /** @returns the seq of its first event. @throws Refused; nothing was changed then unless `hasWritten` says so. */
  function apply(part: PlainCommit, at: number): number {
    const { fence, sessionId, events, expect } = part;
    rows.begin(sessionId);
    hasWritten = false;
    const isChangingRows = changesAnyRow(part);
    // Checks its fence with the update of the session.
    const onlyAppends = events.length > 0 && !isChangingRows && !part.isImported;
    if (fence !== undefined && !onlyAppends) assertHeld(fence, isChangingRows);
    if (expect !== undefined) {
      checkExpectation(expect, rows, (id) => isThere.get(id) !== undefined);
    }
    const firstSeq = onlyAppends ? appendOnly(part, at) : appendWithRows(part, at);
    for (const { sql, parameters, expectRows } of part.statements) {
      hasWritten = true;
      const changed = statements.run(sql, parameters);
      if (expectRows !== undefined && changed !== expectRows) {
        throw new Refused("guard", `${changed} rows instead of ${expectRows}`, "row");
      }
    }
    return firstSeq;
  }

  function assertHeld({ taskId, attempt }: Fence, isReadAnyway: boolean): void {
    const row = isReadAnyway ? rows.task(taskId) : undefined;
    const isHeld =
      row === undefined
        ? !isReadAnyway && holdsTask.get(taskId, attempt) !== undefined
        : row.attempt === attempt && row.state === "working";
    if (!isHeld) throw new Refused("fenced", `attempt ${attempt} no longer holds task ${taskId}`);
  }

  /** Events that change no rows: a token's path. */
  function appendOnly(part: PlainCommit, at: number): number {
    const { sessionId, events, fence } = part;
    const lastSeq = raiseLastSeq(part, at);
    if (lastSeq === undefined) {
      if (fence !== undefined) assertHeld(fence, false);
      throw new Refused("guard", `session ${sessionId} does not exist`, "session");
    }
    hasWritten = true;
    const firstSeq = lastSeq - events.length + 1;
    storeAll(part, firstSeq, at);
    return firstSeq;
  }

  /** @returns undefined if the session is missing, or its task is not held any more. */
  function raiseLastSeq({ sessionId, events, fence, touches }: PlainCommit, at: number): number | undefined {
    const { length } = events;
    if (fence === undefined) {
      const last = touches ? raiseSeqAndTouch.get(length, at, sessionId) : raiseSeq.get(length, sessionId);
      return last as number | undefined;
    }
    const { taskId, attempt } = fence;
    const last = touches
      ? raiseHeldSeqAndTouch.get(length, at, sessionId, taskId, attempt)
      : raiseHeldSeq.get(length, sessionId, taskId, attempt);
    return last as number | undefined;
  }

  function appendWithRows(part: PlainCommit, at: number): number {
    const { sessionId, events, ownerId, touches } = part;
    if (events.length === 0) return 0;
    if (part.isImported) return storeImported(part);
    const begins = ownerId !== undefined && events[0]?.type === "session.created";
    const session = begins ? undefined : rows.session();
    if (session === undefined && !begins) {
      throw new Refused("guard", `session ${sessionId} does not exist`, "session");
    }
    const firstSeq = (session?.last_seq ?? 0) + 1;
    const lastSeq = firstSeq + events.length - 1;
    const raise = (): void =>
      rows.raise(touches ? { last_seq: lastSeq, updated_at: at } : { last_seq: lastSeq });
    if (!begins) raise();
    for (const [index, event] of events.entries()) {
      reduceInto(part, event, firstSeq + index, at);
      // The session exists from here on, with the rest of its first commit.
      if (begins && index === 0) raise();
    }
    rows.flush();
    hasWritten = true;
    storeAll(part, firstSeq, at);
    return firstSeq;
  }

  function reduceInto(part: PlainCommit, { type, taskId, data }: PlainEvent, seq: number, at: number): void {
    if (!changesRows(type)) return;
    const { sessionId } = part;
    const stored = { sessionId, seq, taskId, at, type, data: JSON.parse(data) as unknown } as SessionEvent;
    rows.apply(reduce(stored, rows, part));
  }

  function storeAll(part: PlainCommit, firstSeq: number, at: number): void {
    const { sessionId, events } = part;
    for (const { blockId, fromSeq } of part.endedBlocks) deletePieces.run(sessionId, fromSeq, blockId);
    for (const [index, event] of events.entries()) store(part, event, firstSeq + index, at);
  }

  function store(part: PlainCommit, event: PlainEvent, seq: number, at: number): void {
    const { sessionId } = part;
    const { taskId, attempt, type, blockId, data } = event;
    insertEvent.run(sessionId, seq, taskId, attempt, type, blockId, at, data);
    if (wanted.size === 0) return;
    const entry = outboxRow({ sessionId, seq, at, type }, wanted, part.isImported);
    if (entry !== undefined) insertOutbox.run(entry.session_id, entry.seq, entry.type, entry.at);
  }

  /** With their own seqs, in a session that is being filled. */
  function storeImported(part: PlainCommit): number {
    const { sessionId, events } = part;
    for (const event of events) {
      reduceInto(part, event, event.seq ?? 0, event.at ?? 0);
      store(part, event, event.seq ?? 0, event.at ?? 0);
    }
    rows.flush();
    const { changes } = setSeq.run(events.at(-1)?.seq ?? 0, sessionId);
    if (changes !== 1) throw new Refused("guard", `session ${sessionId} is not being filled`, "session");
    return events[0]?.seq ?? 0;
  }

  /** Without a savepoint: hardly any commit is refused after it has changed something. @throws Refused if it is */
  function applyBare(part: PlainCommit, at: number): CommitResult {
    try {
      return apply(part, at);
    } catch (error) {
      if (error instanceof Refused && !hasWritten && !rows.hasWritten) return error.refusal;
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
        guardAll || mayBeRefusedLate(part) ? applyGuarded(part, at) : applyBare(part, at),
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

/** Whether a refusal after its first change is to be expected; for others the batch is repeated with savepoints. */
function mayBeRefusedLate({ statements, isImported }: PlainCommit): boolean {
  return isImported || statements.some(({ expectRows }) => expectRows !== undefined);
}

function changesAnyRow({ events }: PlainCommit): boolean {
  return events.some(({ type }) => changesRows(type));
}

function changesWanted({ statements }: PlainCommit): boolean {
  return statements.some(({ sql }) => sql.includes("outbox_wanted"));
}
