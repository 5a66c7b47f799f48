import type { Generation } from "./legacy-session.ts";
import type { CostRecords } from "./read-costs.ts";
import { Remarks } from "./remarks.ts";
import { addCosts, noCosts, type SessionCosts } from "./session-costs.ts";
import type { Skip } from "./skip.ts";

/** Outcome of one session. */
export interface SessionOutcome {
  file: string;
  /** Id in the original. */
  id: string;
  generation: Generation;
  status: "imported" | "already-there" | "would-import";
  /** Id in Trunkline; null in a dry run, and if what was imported before is not what the file has now. */
  sessionId: string | null;
  /** Imported before and changed since, such as continued in alex; those changes are not in Trunkline. */
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

/** Result of an import, as printed by `--json`. */
export interface ImportReport {
  directory: string;
  dryRun: boolean;
  /** Files examined. */
  files: number;
  imported: number;
  alreadyThere: number;
  wouldImport: number;
  skipped: number;
  /** Sessions read, by format. */
  generations: Record<Generation, number>;
  tasks: number;
  toolCalls: number;
  /** Over all sessions. */
  remarks: Remarks["counts"];
  /** `parentSessionId`: the parent's id in Trunkline if it was imported, otherwise null. */
  forks: { id: string; forkedFrom: string; sessionId: string | null; parentSessionId: string | null }[];
  costs: CostReport | null;
  sessions: SessionOutcome[];
  skips: SkippedFile[];
  /** Why it was aborted; null if it was not. */
  stopped: string | null;
}

export interface CostReport {
  directory: string;
  /** Of the sessions above. */
  counted: SessionCosts;
  /** Of calls without a session, or with one not listed above. */
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

/** @param records all records read */
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
