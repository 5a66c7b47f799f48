import { randomUUID } from "node:crypto";
import type { Answer } from "./model-call.ts";
import { withOriginal } from "./original-call.ts";

/** The contract takes ids of 200 characters; what makes one distinct needs 37 of them. */
const MAX_KEPT_ID_LENGTH = 160;

/**
 * Gives each call an id that is unique in its session: there are providers that number the calls of every answer from
 * 0, and others that send no id at all. The provider's own id is kept beside it, for the provider.
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
