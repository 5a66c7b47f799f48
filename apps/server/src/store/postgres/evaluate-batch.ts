import type { SessionEvent } from "@trunkline/contract";
import type { CommitResult } from "../commit.ts";
import { refuse, Refused } from "../refusal.ts";
import { checkExpectation } from "../rows/expectation.ts";
import { changesRows, reduce } from "../rows/reduce.ts";
import type { Statement } from "../statement.ts";
import { BatchRows } from "./batch-rows.ts";
import type { LoadedRows } from "./loaded-rows.ts";
import type { PlannedCommit, PlannedEvent } from "./planned-commit.ts";
import type { RowsNeeded } from "./rows-needed.ts";

export interface EventToStore {
  sessionId: string;
  seq: number;
  at: number;
  event: PlannedEvent;
}

/** An ended block: its pieces, from `fromSeq` on, are deleted. */
export interface EndedBlock {
  sessionId: string;
  blockId: string;
  fromSeq: number;
}

/** Everything that a batch writes, once each of its commits was evaluated. */
export interface BatchWrites {
  rows: BatchRows;
  events: EventToStore[];
  endedBlocks: EndedBlock[];
  /** Sessions with new events. */
  raised: Set<string>;
  statements: Statement[];
}

/**
 * Evaluates fences, expectations and reducers of the commits in order, in memory; each sees the effects of those before
 * it. A refused one leaves no trace and does not affect the others.
 * @param at integer ms since the epoch, for all of them.
 * @returns a result for each, in order.
 */
export function evaluateBatch(
  commits: readonly PlannedCommit[],
  loaded: LoadedRows,
  needed: RowsNeeded,
  at: number,
): { results: (CommitResult | Error)[]; writes: BatchWrites } {
  const rows = new BatchRows(loaded, needed);
  const writes: BatchWrites = { rows, events: [], endedBlocks: [], raised: new Set(), statements: [] };
  const results = commits.map((commit) => {
    rows.begin();
    try {
      return evaluate(commit, writes, at);
    } catch (error) {
      rows.takeBack();
      if (error instanceof Refused) return error.refusal;
      return error instanceof Error ? error : new Error(String(error));
    }
  });
  return { results, writes };
}

/** @returns the seq of its first event. */
function evaluate(planned: PlannedCommit, writes: BatchWrites, at: number): number {
  const { commit, sessionId, events } = planned;
  const { rows } = writes;
  const { fence, expect, imported, endedBlocks = [], statements = [] } = commit;
  if (fence !== undefined) {
    const task = rows.task(fence.taskId);
    if (task?.state !== "working" || task.attempt !== fence.attempt) {
      throw new Refused("fenced", `attempt ${fence.attempt} no longer holds task ${fence.taskId}`);
    }
  }
  if (expect !== undefined) {
    const isThere = (id: string): boolean => rows.session(id)?.deleted_at === null;
    checkExpectation(expect, rows.reader(sessionId), isThere);
  }
  const stored =
    events.length === 0 ? [] : imported === undefined ? append(planned, rows, at) : fill(planned, rows);
  // Nothing refuses the commit from here on.
  if (stored.length > 0) writes.raised.add(sessionId);
  for (const { blockId, fromSeq } of endedBlocks) endBlock(writes, { sessionId, blockId, fromSeq });
  for (const event of stored) writes.events.push(event);
  for (const statement of statements) writes.statements.push(statement);
  return stored[0]?.seq ?? 0;
}

function append(
  { commit, sessionId, events, touches }: PlannedCommit,
  rows: BatchRows,
  at: number,
): EventToStore[] {
  const begins = commit.ownerId !== undefined && events[0]?.type === "session.created";
  const session = rows.session(sessionId);
  if (session === undefined && !begins) throw refuse("session", `session ${sessionId} does not exist`);
  const firstSeq = begins ? 1 : (session?.last_seq ?? 0) + 1;
  const raise = (): void => {
    const lastSeq = firstSeq + events.length - 1;
    rows.raise(sessionId, touches ? { last_seq: lastSeq, updated_at: at } : { last_seq: lastSeq });
  };
  if (!begins) raise();
  return events.map((event, index) => {
    const toStore = { sessionId, seq: firstSeq + index, at, event };
    apply(toStore, commit, rows);
    // The session exists from here on, with the rest of its first commit.
    if (begins && index === 0) raise();
    return toStore;
  });
}

/** With their own seqs, in a session that is being filled. */
function fill({ commit, sessionId, events }: PlannedCommit, rows: BatchRows): EventToStore[] {
  const stored = events.map((event) => {
    const toStore = { sessionId, seq: event.seq ?? 0, at: event.at ?? 0, event };
    apply(toStore, commit, rows);
    return toStore;
  });
  if ((rows.session(sessionId)?.deleted_at ?? null) === null) {
    throw refuse("session", `session ${sessionId} is not being filled`);
  }
  rows.raise(sessionId, { last_seq: stored.at(-1)?.seq ?? 0 });
  return stored;
}

function apply(
  { sessionId, seq, at, event }: EventToStore,
  commit: PlannedCommit["commit"],
  rows: BatchRows,
): void {
  const { type, taskId, json } = event;
  if (!changesRows(type)) return;
  // As it will be read: without what JSON omits.
  const stored = { sessionId, seq, taskId, at, type, data: JSON.parse(json) as unknown } as SessionEvent;
  const context = { ownerId: commit.ownerId, reveals: commit.reveals ?? false };
  rows.apply(sessionId, reduce(stored, rows.reader(sessionId), context));
}

/** Pieces that arrived in the same batch are not stored at all. */
function endBlock(writes: BatchWrites, { sessionId, blockId, fromSeq }: EndedBlock): void {
  writes.events = writes.events.filter(
    ({ sessionId: of, seq, event }) => of !== sessionId || event.blockId !== blockId || seq < fromSeq,
  );
  writes.endedBlocks.push({ sessionId, blockId, fromSeq });
}
