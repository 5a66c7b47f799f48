import type { Approval, ApprovalDecision, EventDraft } from "@trunkline/contract";
import { type Kysely, sql } from "kysely";
import type { CommitUnit, Write } from "../store/port.ts";
import type { Database } from "../store/schema.ts";

export type Settlement =
  | { state: ApprovalDecision; by: string; note?: string }
  /** Nobody decided in time, which counts as a no. */
  | { state: "expired" };

/**
 * The one commit that settles a request: its row, guarded so that the first settlement is the only one, its event, and,
 * where nothing else of the task is open, the word that the task has its answer and waits for its turn.
 */
export function settlingUnit(
  db: Kysely<Database>,
  { id, sessionId, taskId }: Pick<Approval, "id" | "sessionId" | "taskId">,
  settlement: Settlement,
  now: number,
): CommitUnit & { writes: readonly Write[] } {
  const answer =
    settlement.state === "expired"
      ? { answered_at: now }
      : { answered_at: now, answered_by: settlement.by, note: settlement.note ?? null };
  const settle = db
    .updateTable("approvals")
    .set({ state: settlement.state, ...answer })
    .where("id", "=", id)
    .where("state", "=", "open")
    .compile();
  const hasAnswer = db
    .updateTable("tasks")
    .set({ reason: "queued" })
    .where("id", "=", taskId)
    .where("state", "=", "input-required")
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("approvals")
            .select(sql`1`.as("one"))
            .where("session_id", "=", sessionId)
            .where("state", "=", "open")
            .where("task_id", "=", taskId),
        ),
      ),
    )
    .compile();
  return {
    sessionId,
    events: [{ taskId, ...settlingEvent(id, settlement) }],
    writes: [
      { sql: settle.sql, parameters: settle.parameters, expectRows: 1 },
      { sql: hasAnswer.sql, parameters: hasAnswer.parameters },
    ],
  };
}

type SettlingEvent = Extract<EventDraft, { type: "approval.answered" | "approval.expired" }>;

function settlingEvent(
  approvalId: string,
  settlement: Settlement,
): {
  [T in SettlingEvent["type"]]: Omit<Extract<SettlingEvent, { type: T }>, "taskId">;
}[SettlingEvent["type"]] {
  if (settlement.state === "expired") return { type: "approval.expired", data: { approvalId } };
  const { state: decision, by, note } = settlement;
  return { type: "approval.answered", data: { approvalId, decision, by, note } };
}
