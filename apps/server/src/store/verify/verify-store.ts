import type { SessionEvent } from "@trunkline/contract";
import { changesRows } from "../rows/reduce.ts";
import { type Difference, type StoredRows, verifySession } from "./verify-session.ts";

export interface VerifyProgress {
  sessions: number;
  of: number;
}

export interface VerifyReport {
  sessions: number;
  events: number;
  /** The first differences found. */
  differences: Difference[];
  /** Total number. */
  differing: number;
  /** Rows of older logs that were compared as far as possible. */
  fromBefore: number;
}

/** An event as stored. */
export type StoredEventRow = Omit<SessionEvent, "data" | "type"> & { type: string; data: string };

/** A snapshot of one session. */
export interface SessionSnapshot {
  /** The newest event that says where the log came from; undefined: it was created here. */
  origin: { type: "session.forked" | "session.imported"; seq: number } | undefined;
  /** @param fromSeq references to blobs from before it are omitted. */
  rows(fromSeq: number): Promise<StoredRows>;
  /** From a seq on, oldest first. */
  log(fromSeq: number): AsyncIterable<StoredEventRow>;
}

/** What an engine provides for verification. */
export interface VerifySource {
  /** Visible sessions. */
  sessionIds(): Promise<string[]>;
  snapshot<T>(sessionId: string, work: (session: SessionSnapshot) => Promise<T>): Promise<T>;
}

/** Maximum number of differences kept; all are counted. */
const MAX_DIFFERENCES = 100;

/**
 * Folds every session's log and compares it with the rows. Read-only, beside a running server: each session is seen as
 * a snapshot.
 */
export async function verifyStore(
  source: VerifySource,
  onProgress: (progress: VerifyProgress) => void = () => undefined,
): Promise<VerifyReport> {
  const ids = await source.sessionIds();
  const report: VerifyReport = { sessions: 0, events: 0, differences: [], differing: 0, fromBefore: 0 };
  for (const id of ids) {
    const { differences, fromBefore, events } = await source.snapshot(id, verifySnapshot);
    report.sessions += 1;
    report.events += events;
    report.fromBefore += fromBefore;
    report.differing += differences.length;
    report.differences.push(...differences.slice(0, MAX_DIFFERENCES - report.differences.length));
    onProgress({ sessions: report.sessions, of: ids.length });
    await new Promise(setImmediate);
  }
  return report;
}

async function verifySnapshot({ origin, rows, log }: SessionSnapshot) {
  const began = {
    type: origin === undefined ? "created" : origin.type === "session.forked" ? "forked" : "imported",
    seq: origin?.seq ?? 0,
  } as const;
  // Before a fork's own history are its parent's events; an import's are all its own.
  const from = began.type === "forked" ? began.seq : 0;
  let events = 0;
  async function* parsed(): AsyncGenerator<SessionEvent, void> {
    for await (const row of log(from)) {
      events += 1;
      // Only events that change rows are examined.
      const data = changesRows(row.type) ? (JSON.parse(row.data) as unknown) : {};
      yield { ...row, data } as SessionEvent;
    }
  }
  const report = await verifySession(await rows(from), parsed(), began);
  return { ...report, events };
}
