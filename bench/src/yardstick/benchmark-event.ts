import type { SessionEvent } from "@trunkline/contract";

/** Shaped and sized as the event that the benchmark appends to the server's own log. */
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

/** A title of constant length: an event with it has about the size of one with a few tokens of text. */
export function eventTitle(number: number): string {
  return String(number).padStart(120, ".");
}
