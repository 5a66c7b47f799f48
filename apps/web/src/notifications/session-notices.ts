import type { Session } from "@trunkline/contract";
import { statusOfSession } from "../sessions/status.ts";
import { firstWords } from "../text/first-words.ts";
import { revealHidden } from "../text/reveal-hidden.ts";

/** What a notification says. Nothing of a prompt or an answer: it is shown on locked screens. */
export interface Notice {
  title: string;
  body: string;
  /** Another one with the same tag replaces it. */
  tag: string;
  /** Where a click leads. */
  path: string;
}

/** What each session had come to at the last look; null before the first. */
export type Reached = ReadonlyMap<string, string> | null;

/** @returns what has come to need its user, or has ended, since the last look; nothing on the first */
export function sessionNotices(
  before: Reached,
  sessions: readonly Session[],
): { reached: ReadonlyMap<string, string>; notices: Notice[] } {
  const reached = new Map<string, string>();
  const notices: Notice[] = [];
  for (const session of sessions) {
    const body = whatItCameTo(session);
    // The same state of another task is news.
    const state = `${session.currentTask?.id ?? ""} ${body ?? ""}`;
    reached.set(session.id, state);
    if (before === null || body === null || before.get(session.id) === state) continue;
    const { id, title } = session;
    notices.push({ title: revealHidden(firstWords(title, 60)), body, tag: id, path: `/s/${id}` });
  }
  return { reached, notices };
}

/** Null: nothing that anybody has to know of. Canceling is done by people, and a limit ends by itself. */
function whatItCameTo(session: Session): string | null {
  const reason = session.currentTask?.reason ?? null;
  switch (statusOfSession(session)) {
    case "needs-you":
      if (reason === "limit") return null;
      return reason === "question" ? "Needs your answer" : "Needs your approval";
    case "done":
      return "Finished";
    case "failed":
      return "Failed";
    default:
      return null;
  }
}
