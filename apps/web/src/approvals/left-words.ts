import { draftOf } from "../composer/draft.ts";
import type { OpenSession } from "../session-stream/open-session.ts";
import { keptTextKeys } from "../text/kept-text.ts";
import { answersUnderway } from "./answers-underway.ts";
import { openApprovals } from "./open-approvals.ts";
import { keepUnsentWords, notePlace } from "./unsent-words.ts";

/** Of keys of what is written for requests (composer/draft.ts). */
const KEYS = "trunkline:draft:note:";

/**
 * What was written for requests that were settled while no page of the session was there to be told: answered elsewhere, or run
 * out of time. It goes to the message box.
 *
 * @returns whether there was anything
 */
export async function keepLeftWords({ sessionId, state }: OpenSession): Promise<boolean> {
  const keys = await keptTextKeys(KEYS);
  const written = new Set(keys.map((key) => /^[^@:]*/.exec(key.slice(KEYS.length))?.[0]));
  if (written.size === 0) return false;
  let isAny = false;
  for (const event of state.getState().view.events) {
    const isQuestion = event.type === "question.asked";
    if (!isQuestion && event.type !== "approval.requested") continue;
    const id = isQuestion ? event.data.questionId : event.data.approvalId;
    if (!written.has(id)) continue;
    await draftOf(notePlace(id)).whenRestored;
    const isOpen = openApprovals(state.getState()).some(({ approvalId }) => approvalId === id);
    if (isOpen || answersUnderway.getState().includes(id)) continue;
    const isForm = isQuestion && (event.data.form ?? null) !== null;
    if (keepUnsentWords(id, { sessionId, isForm })) isAny = true;
  }
  return isAny;
}
