import type { Session } from "@trunkline/contract";
import { statusOfSession } from "../sessions/status.ts";

/** Sessions with something to do, the one that has run longest first; then queued ones. */
export function runningSessions(sessions: readonly Session[]): Session[] {
  const startedAt = ({ currentTask }: Session): number => currentTask?.startedAt ?? Number.MAX_SAFE_INTEGER;
  return sessions
    .filter((session) => ["running", "needs-you", "queued"].includes(statusOfSession(session)))
    .toSorted((a, b) => startedAt(a) - startedAt(b));
}

/** @returns what is selected and still there, with this one added or taken out. */
export function toggled(selected: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(selected);
  if (!next.delete(id)) next.add(id);
  return next;
}

/** @returns the row to go to, from the one that has the focus (-1: none). */
export const nextRow = (current: number, by: 1 | -1, count: number): number =>
  current === -1 ? (by === 1 ? 0 : count - 1) : Math.min(count - 1, Math.max(0, current + by));
