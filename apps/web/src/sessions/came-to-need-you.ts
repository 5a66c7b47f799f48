import type { Session } from "@trunkline/contract";
import { statusOfSession } from "./status.ts";

/** Sessions that needed the user at the last look; null before the first. */
export type Waiting = ReadonlySet<string> | null;

/** @returns sessions that need the user now and did not before; none on the first look. */
export function cameToNeedYou(
  before: Waiting,
  sessions: readonly Session[],
): { waiting: ReadonlySet<string>; came: Session[] } {
  const now = sessions.filter((session) => statusOfSession(session) === "needs-you");
  const came = before === null ? [] : now.filter(({ id }) => !before.has(id));
  return { waiting: new Set(now.map(({ id }) => id)), came };
}
