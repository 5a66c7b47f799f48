import type { LegacySession } from "./legacy-session.ts";
import { parseTimestamp } from "./timestamp.ts";

/** Integer ms since the epoch; `createdAt` is never after `updatedAt`. */
export interface SessionTimes {
  createdAt: number;
  updatedAt: number;
  /** The file had no creation time. */
  isGuessed: boolean;
}

/** @param fileTime modification time in ms, for a session without any times */
export function sessionTimes(session: LegacySession, fileTime: number): SessionTimes {
  const told = session.messages.flatMap(({ at }) => at ?? []);
  const earliest = told.length === 0 ? null : told.reduce((a, b) => Math.min(a, b));
  const latest = told.length === 0 ? null : told.reduce((a, b) => Math.max(a, b));
  const createdAt =
    session.createdAt ?? timeOfId(session.id) ?? earliest ?? session.updatedAt ?? Math.floor(fileTime);
  const updatedAt = Math.max(createdAt, session.updatedAt ?? latest ?? createdAt);
  return { createdAt, updatedAt, isGuessed: session.createdAt === null };
}

/** The second or nanosecond encoded in an id. */
function timeOfId(id: string): number | null {
  return parseTimestamp(/^session[-_](\d{10}|\d{19})$/.exec(id)?.[1]);
}

/** Whether the id is a second, so that another session of that second may share the file. */
export function isNamedAfterSecond(id: string): boolean {
  return /^session-\d{10}$/.test(id);
}
