import type { EventDataOf } from "@trunkline/contract";

/** Older logs lack some of what rows hold. Such columns are not compared, and verification reports how many. */

/** Columns of tasks and requests whose submission did not record queue position and budget. */
export const TASK_COLUMNS_FROM_BEFORE: ReadonlySet<string> = new Set([
  "pos",
  "budget_json",
  "idempotency_key",
  "request_hash",
  "node",
  "crashes",
  "cancel_requested_at",
  "created_at",
  "started_at",
  "ended_at",
  "answered_at",
]);

export function isFromBefore(data: EventDataOf<"task.submitted">): boolean {
  return data.whenBusy === undefined;
}

/** Columns of a session whose first event did not name its agent, which was added together with the rest. */
export const SESSION_COLUMNS_FROM_BEFORE: ReadonlySet<string> = new Set([
  "created_at",
  "archived_at",
  "next_pos",
]);

/** Columns of an older fork or import, whose log recorded less. */
export const FILLED_COLUMNS_FROM_BEFORE: ReadonlySet<string> = new Set([
  "created_at",
  "next_pos",
  "title",
  "model",
  "agent",
  "updated_at",
  "archived_at",
  "imported_seq",
  "parent_id",
  "forked_at_seq",
  "last_seq",
]);
