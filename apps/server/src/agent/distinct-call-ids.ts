import { randomUUID } from "node:crypto";
import type { Answer } from "./model-call.ts";
import { withOriginal } from "./original-call.ts";

/** Maximum length, given the contract's limit of 200 characters and a suffix of 37. */
const MAX_KEPT_ID_LENGTH = 160;

/**
 * Makes call ids unique in the session: some providers number the calls of every answer from 0, others send no ids. The
 * provider's own id is stored beside it.
 */
export function distinctCallIds(answer: Answer, isTaken: (callId: string) => boolean): Answer {
  const taken = new Set<string>();
  const toolCalls = answer.toolCalls.map((call) => {
    const kept = call.callId.slice(0, MAX_KEPT_ID_LENGTH).toWellFormed();
    const callId =
      kept === "" || taken.has(kept) || isTaken(kept) ? `${kept || "call"}-${randomUUID()}` : kept;
    taken.add(callId);
    if (callId === call.callId || call.callId === "") return { ...call, callId };
    return withOriginal({ ...call, callId }, { id: call.callId.toWellFormed() });
  });
  return { ...answer, toolCalls };
}
