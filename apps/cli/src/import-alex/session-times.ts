import type { LegacySession } from "./legacy-session.ts";
import { parseTimestamp } from "./timestamp.ts";

/** Integer ms since the epoch; `createdAt` is never after `updatedAt`. */
export interface SessionTimes {
  createdAt: number;
  updatedAt: number;
  /** The file did not say when it was created. */
  isGuessed: boolean;
}

/** @param fileTime when the file was last written, for a session that says nothing of time itself; in ms */
export function sessionTimes(session: LegacySession, fileTime: number): SessionTimes {
  const told = session.messages.flatMap(({ at }) => at ?? []);
  const earliest = told.length === 0 ? null : told.reduce((a, b) => Math.min(a, b));
  const latest = told.length === 0 ? null : told.reduce((a, b) => Math.max(a, b));
  const createdAt =
    session.createdAt ?? timeOfId(session.id) ?? earliest ?? session.updatedAt ?? Math.floor(fileTime);
  const updatedAt = Math.max(createdAt, session.updatedAt ?? latest ?? createdAt);
  return { createdAt, updatedAt, isGuessed: session.createdAt === null };
}

/** The second, or the nanosecond, that an id was made of. */
function timeOfId(id: string): number | null {
  return parseTimestamp(/^session[-_](\d{10}|\d{19})$/.exec(id)?.[1]);
}

/** Whether the id is a second, so that another session of that second may have been in the same file. */
export function isNamedAfterSecond(id: string): boolean {
  return /^session-\d{10}$/.test(id);
}
