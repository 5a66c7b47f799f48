import type { SessionEvent } from "@trunkline/contract";
import type Database from "better-sqlite3";
import { changesRows } from "../rows/reduce.ts";
import { type Difference, type StoredRows, verifySession } from "../verify/verify-session.ts";
import { openDatabase } from "./open-database.ts";

export interface VerifyProgress {
  sessions: number;
  of: number;
}

export interface VerifyReport {
  sessions: number;
  events: number;
  /** The first that were found. */
  differences: Difference[];
  /** How many there are in all. */
  differing: number;
  /** Rows whose logs are from before they told everything: compared as far as those go. */
  fromBefore: number;
}

/** Differences that are kept; all are counted. */
const MAX_DIFFERENCES = 100;

/**
 * Folds every session's log anew and compares it with the rows. Reads alone, beside a server that runs: what changes
 * meanwhile is seen as of one moment for each session.
 */
export async function verifyDatabase(
  path: string,
  onProgress: (progress: VerifyProgress) => void = () => undefined,
): Promise<VerifyReport> {
  const database = openDatabase(path, "read");
  try {
    const ids = database
      .prepare("select id from sessions where deleted_at is null order by id")
      .pluck()
      .all() as string[];
    const report: VerifyReport = { sessions: 0, events: 0, differences: [], differing: 0, fromBefore: 0 };
    const one = createVerifier(database);
    for (const id of ids) {
      const { differences, fromBefore, events } = await one(id);
      report.sessions += 1;
      report.events += events;
      report.fromBefore += fromBefore;
      report.differing += differences.length;
      report.differences.push(...differences.slice(0, MAX_DIFFERENCES - report.differences.length));
      onProgress({ sessions: report.sessions, of: ids.length });
      await new Promise(setImmediate);
    }
    return report;
  } finally {
    database.close();
  }
}

function createVerifier(database: Database.Database) {
  const begin = database.prepare("begin");
  const commit = database.prepare("commit");
  const origin = database.prepare(
    "select type, seq from events where session_id = ? and type in ('session.forked', 'session.imported') order by seq desc limit 1",
  );
  const events = database.prepare(
    "select session_id as sessionId, seq, task_id as taskId, at, type, data from events where session_id = ? and seq >= ? order by seq",
  );
  const session = database.prepare("select * from sessions where id = ?");
  const ofSession = (table: string) => database.prepare(`select * from ${table} where session_id = ?`);
  /** Those that a fork shares with its parent are not of its own history. */
  const blobRefs = database.prepare("select * from blob_refs where session_id = ? and seq >= ?");
  const [tasks, approvals, questions, usage] = ["tasks", "approvals", "questions", "usage"].map(ofSession);

  return async (id: string) => {
    begin.run();
    try {
      const filled = origin.get(id) as { type: string; seq: number } | undefined;
      const began =
        filled === undefined
          ? ({ type: "created", seq: 0 } as const)
          : filled.type === "session.forked"
            ? ({ type: "forked", seq: filled.seq } as const)
            : ({ type: "imported", seq: filled.seq } as const);
      // Before a fork's own history are its parent's events; a document's are all its own.
      const from = began.type === "forked" ? began.seq : 0;
      const stored = {
        sessions: session.all(id),
        tasks: tasks?.all(id),
        approvals: approvals?.all(id),
        questions: questions?.all(id),
        usage: usage?.all(id),
        blob_refs: blobRefs.all(id, from),
      } as StoredRows;
      let count = 0;
      async function* log(): AsyncGenerator<SessionEvent, void> {
        for (const row of events.iterate(id, from) as IterableIterator<SessionEvent & { data: string }>) {
          count += 1;
          // Only what changes rows is looked into.
          yield {
            ...row,
            data: changesRows(row.type) ? (JSON.parse(row.data) as unknown) : {},
          } as SessionEvent;
        }
      }
      const report = await verifySession(stored, log(), began);
      return { ...report, events: count };
    } finally {
      commit.run();
    }
  };
}
