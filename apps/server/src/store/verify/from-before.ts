import type { EventDataOf } from "@trunkline/contract";

/**
 * Logs from before rows followed from them lack some of what rows hold. There the rows stay as they are, and the check
 * says how many it could not compare whole.
 */

/** Columns of a task, and of what it asked, whose submission did not say where it went in the queue, nor what it may use. */
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

/** Columns of a session whose first event did not name its agent, which came with the rest. */
export const SESSION_COLUMNS_FROM_BEFORE: ReadonlySet<string> = new Set([
  "created_at",
  "archived_at",
  "next_pos",
]);

/** Columns of a fork or an import from before: its log said less of it. */
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
