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
  /** The first that were found. */
  differences: Difference[];
  /** How many there are in all. */
  differing: number;
  /** Rows whose logs are from before they told everything: compared as far as those go. */
  fromBefore: number;
}

/** An event as it is stored. */
export type StoredEventRow = Omit<SessionEvent, "data" | "type"> & { type: string; data: string };

/** One session as of one moment. */
export interface SessionSnapshot {
  /** The newest event that says where the log came from; undefined: it began here. */
  origin: { type: "session.forked" | "session.imported"; seq: number } | undefined;
  /** @param fromSeq references to blobs from before it are left out. */
  rows(fromSeq: number): Promise<StoredRows>;
  /** From a seq on, oldest first. */
  log(fromSeq: number): AsyncIterable<StoredEventRow>;
}

/** What an engine gives to be verified. */
export interface VerifySource {
  /** Of those that can be found. */
  sessionIds(): Promise<string[]>;
  snapshot<T>(sessionId: string, work: (session: SessionSnapshot) => Promise<T>): Promise<T>;
}

/** Differences that are kept; all are counted. */
const MAX_DIFFERENCES = 100;

/**
 * Folds every session's log anew and compares it with the rows. Reads alone, beside a server that runs: what changes
 * meanwhile is seen as of one moment for each session.
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
  // Before a fork's own history are its parent's events; a document's are all its own.
  const from = began.type === "forked" ? began.seq : 0;
  let events = 0;
  async function* parsed(): AsyncGenerator<SessionEvent, void> {
    for await (const row of log(from)) {
      events += 1;
      // Only what changes rows is looked into.
      const data = changesRows(row.type) ? (JSON.parse(row.data) as unknown) : {};
      yield { ...row, data } as SessionEvent;
    }
  }
  const report = await verifySession(await rows(from), parsed(), began);
  return { ...report, events };
}
