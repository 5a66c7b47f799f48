import { useMemo } from "react";
import type { OutgoingMessage } from "../outbox/outgoing-message.ts";
import { useOutbox } from "../outbox/use-outbox.ts";
import type { SessionView } from "@trunkline/contract/session-view";
import type { OutgoingPrompt } from "../session-stream/session-state.ts";
import { useCurrentSession, useSessionState } from "../session-stream/use-open-session.ts";

export interface Outgoing {
  /** Being sent, or accepted but not in the log yet. */
  outgoing: readonly OutgoingPrompt[];
  /** Waiting for the server to be reachable. */
  waiting: readonly OutgoingMessage[];
}

/** The stream may be faster than the response: then the log has it first. */
function isTold(
  { events }: SessionView,
  { idempotencyKey, prompt, afterSeq, taskId }: OutgoingPrompt,
): boolean {
  const from = events.findLastIndex(({ seq }) => seq <= afterSeq) + 1;
  return events.slice(from).some((event) => {
    if (event.type !== "task.submitted") return false;
    const key = event.data.idempotencyKey;
    return (
      event.taskId === taskId || (key === undefined ? event.data.prompt === prompt : key === idempotencyKey)
    );
  });
}

/** The session's messages that are not in its log. */
export function useOutgoing(): Outgoing {
  const { sessionId } = useCurrentSession();
  const known = useSessionState((state) => state.outgoing);
  // Of the log, all that counts is which of them it tells of: it changes with every frame.
  const told = useSessionState(({ view, outgoing }) =>
    outgoing.flatMap((one) => (isTold(view, one) ? [one.idempotencyKey] : [])).join(" "),
  );
  const messages = useOutbox();
  return useMemo(() => {
    const own = messages.filter((message) => message.sessionId === sessionId);
    const keys = new Set(known.map(({ idempotencyKey }) => idempotencyKey));
    const leaving = own
      .filter(({ isWaiting, idempotencyKey }) => !isWaiting && !keys.has(idempotencyKey))
      .map(({ idempotencyKey, text, how = "enqueue", files = [] }) => ({
        idempotencyKey,
        prompt: text,
        how,
        files,
        taskId: null,
        afterSeq: 0,
      }));
    const toldKeys = told.split(" ");
    const untold = known.filter(({ idempotencyKey }) => !toldKeys.includes(idempotencyKey));
    return { outgoing: [...untold, ...leaving], waiting: own.filter(({ isWaiting }) => isWaiting) };
  }, [messages, known, told, sessionId]);
}
