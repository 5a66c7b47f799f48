import type { Session } from "@trunkline/contract";
import { statusOfSession } from "./status.ts";

/** Which sessions waited for somebody when the list was looked at last; null before it was. */
export type Waiting = ReadonlySet<string> | null;

/** @returns those that wait for somebody now and did not before; none of those that waited from the beginning. */
export function cameToNeedYou(
  before: Waiting,
  sessions: readonly Session[],
): { waiting: ReadonlySet<string>; came: Session[] } {
  const now = sessions.filter((session) => statusOfSession(session) === "needs-you");
  const came = before === null ? [] : now.filter(({ id }) => !before.has(id));
  return { waiting: new Set(now.map(({ id }) => id)), came };
}
