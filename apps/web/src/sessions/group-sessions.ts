import type { Session } from "@trunkline/contract";
import { startOfDay } from "../text/time.ts";
import { statusOfSession } from "./status.ts";

export interface SessionGroup {
  title: "Needs you" | "Running" | "Today" | "Older";
  sessions: Session[];
}

/** First what needs the user, then what is running, then the rest by day, in list order. */
export function groupSessions(sessions: readonly Session[], now: number): SessionGroup[] {
  const groups: SessionGroup[] = [
    { title: "Needs you", sessions: [] },
    { title: "Running", sessions: [] },
    { title: "Today", sessions: [] },
    { title: "Older", sessions: [] },
  ];
  const today = startOfDay(now);
  for (const session of sessions) {
    groups[placeOf(session, today)]?.sessions.push(session);
  }
  // Each step changes a session: in list order, those that run would keep changing places.
  for (const group of groups.slice(0, 2)) group.sessions.sort((a, b) => startOf(b) - startOf(a));
  return groups.filter((group) => group.sessions.length > 0);
}

function placeOf(session: Session, today: number): number {
  const status = statusOfSession(session);
  if (status === "needs-you") return 0;
  if (status === "running" || status === "queued") return 1;
  return session.updatedAt >= today ? 2 : 3;
}

const startOf = ({ currentTask }: Session): number => currentTask?.startedAt ?? Number.MAX_SAFE_INTEGER;
