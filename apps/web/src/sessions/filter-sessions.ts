import type { Session } from "@trunkline/contract";
import { type Status, statusOfSession } from "./status.ts";

export type StatusFilter = "all" | "needs-you" | "running" | "done" | "failed" | "archived";

export interface SessionFilter {
  text: string;
  /** `""`: all; `none`: those without one. */
  project: string;
  status: StatusFilter;
}

export const NO_FILTER: SessionFilter = { text: "", project: "", status: "all" };

const STATUSES: Readonly<Record<StatusFilter, readonly Status[] | null>> = {
  all: null,
  "needs-you": ["needs-you"],
  running: ["running", "queued"],
  done: ["done"],
  failed: ["failed", "canceled"],
  // They are another list.
  archived: null,
};

/** By project and status; whoever reads the list filters by text. */
export function filterSessions(
  sessions: readonly Session[],
  { project, status }: Pick<SessionFilter, "project" | "status">,
): readonly Session[] {
  const statuses = STATUSES[status];
  if (project === "" && statuses === null) return sessions;
  return sessions.filter(
    (session) =>
      (project === "" || (session.projectId ?? "none") === project) &&
      (statuses === null || statuses.includes(statusOfSession(session))),
  );
}

export const isFiltering = ({ text, project, status }: SessionFilter): boolean =>
  text.trim() !== "" || project !== "" || status !== "all";
