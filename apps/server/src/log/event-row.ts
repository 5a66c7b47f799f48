import type { SessionEvent } from "@trunkline/contract";
import type { EventsTable } from "../store/schema.ts";

export type EventRow = Pick<EventsTable, "session_id" | "seq" | "task_id" | "type" | "at" | "data">;

/** Trusts the row: what is in the table went through the log's own check. */
export function toSessionEvent(row: EventRow): SessionEvent {
  return {
    sessionId: row.session_id,
    taskId: row.task_id,
    seq: row.seq,
    at: row.at,
    type: row.type,
    data: JSON.parse(row.data) as unknown,
  } as SessionEvent;
}
