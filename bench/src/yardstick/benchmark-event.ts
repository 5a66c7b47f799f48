import type { SessionEvent } from "@trunkline/contract";

/** Same shape and size as the event that the benchmark appends to the server's log. */
const SESSION_ID = "01980000-0000-7000-8000-000000000000";

export function benchmarkEvent(seq: number): SessionEvent {
  return {
    sessionId: SESSION_ID,
    taskId: null,
    seq,
    at: Date.now(),
    type: "session.updated",
    data: { title: eventTitle(seq) },
  };
}

/** A title of constant length: its event is about as large as one with a few tokens of text. */
export function eventTitle(number: number): string {
  return String(number).padStart(120, ".");
}
