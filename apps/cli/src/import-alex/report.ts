import type { Generation } from "./legacy-session.ts";
import type { CostRecords } from "./read-costs.ts";
import { Remarks } from "./remarks.ts";
import { addCosts, noCosts, type SessionCosts } from "./session-costs.ts";
import type { Skip } from "./skip.ts";

/** What became of one session. */
export interface SessionOutcome {
  file: string;
  /** The original's. */
  id: string;
  generation: Generation;
  status: "imported" | "already-there" | "would-import";
  /** Trunkline's; null in a dry run. */
  sessionId: string | null;
  /** It was imported before, and alex has gone on with it since: that is not in Trunkline. */
  changedSince: boolean;
  title: string;
  tasks: number;
  events: number;
  toolCalls: number;
  forkedFrom: string | null;
  costs: SessionCosts | null;
  remarks: Remarks["counts"];
}

export interface SkippedFile extends Skip {
  file: string;
}

/** What an import did, as `--json` prints it. */
export interface ImportReport {
  directory: string;
  dryRun: boolean;
  /** Files looked at. */
  files: number;
  imported: number;
  alreadyThere: number;
  wouldImport: number;
  skipped: number;
  /** Sessions read, by how they are written. */
  generations: Record<Generation, number>;
  tasks: number;
  toolCalls: number;
  /** Over all sessions. */
  remarks: Remarks["counts"];
  /** `parentSessionId`: of the parent in Trunkline, where it came along; else null. */
  forks: { id: string; forkedFrom: string; sessionId: string | null; parentSessionId: string | null }[];
  costs: CostReport | null;
  sessions: SessionOutcome[];
  skips: SkippedFile[];
  /** Why it did not get to the end; null where it did. */
  stopped: string | null;
}

export interface CostReport {
  directory: string;
  /** Of the sessions above. */
  counted: SessionCosts;
  /** Of calls that name no session, or one that is not above. */
  elsewhere: SessionCosts;
  unreadableLines: number;
}

/** @param files number of them */
export function toReport(
  { directory, dryRun, files, stopped }: Pick<ImportReport, "directory" | "dryRun" | "files" | "stopped">,
  sessions: SessionOutcome[],
  skips: SkippedFile[],
  costs: CostReport | null,
): ImportReport {
  const having = (status: SessionOutcome["status"]): number =>
    sessions.filter((session) => session.status === status).length;
  const remarks = new Remarks();
  for (const session of sessions) remarks.addAll(session.remarks);
  return {
    directory,
    dryRun,
    files,
    stopped,
    imported: having("imported"),
    alreadyThere: having("already-there"),
    wouldImport: having("would-import"),
    skipped: skips.length,
    generations: countGenerations(sessions),
    tasks: sessions.reduce((sum, each) => sum + each.tasks, 0),
    toolCalls: sessions.reduce((sum, each) => sum + each.toolCalls, 0),
    remarks: remarks.counts,
    forks: forksAmong(sessions),
    costs,
    sessions,
    skips,
  };
}

function countGenerations(sessions: readonly SessionOutcome[]): Record<Generation, number> {
  const counts: Record<Generation, number> = { first: 0, second: 0, "deep-coding": 0 };
  for (const { generation } of sessions) counts[generation] += 1;
  return counts;
}

function forksAmong(sessions: readonly SessionOutcome[]): ImportReport["forks"] {
  const known = new Map(sessions.map(({ id, sessionId }) => [id, sessionId]));
  return sessions.flatMap(({ id, sessionId, forkedFrom }) =>
    forkedFrom === null
      ? []
      : [{ id, sessionId, forkedFrom, parentSessionId: known.get(forkedFrom) ?? null }],
  );
}

/** @param records all that were read */
export function toCostReport(
  directory: string,
  { bySession, withoutSession, unreadableLines }: CostRecords,
  sessions: readonly SessionOutcome[],
): CostReport {
  const ids = new Set(sessions.map(({ id }) => id));
  const report: CostReport = { directory, counted: noCosts(), elsewhere: noCosts(), unreadableLines };
  addCosts(report.elsewhere, withoutSession);
  for (const [id, sum] of bySession) addCosts(ids.has(id) ? report.counted : report.elsewhere, sum);
  return report;
}
