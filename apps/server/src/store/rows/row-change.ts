import type { SessionEvent } from "@trunkline/contract";
import type { Insertable, Selectable } from "kysely";
import type { ApprovalsTable, Database, QuestionsTable, SessionsTable, TasksTable } from "../schema.ts";

/** The tables whose rows follow from the log. */
export type FoldedTable = "sessions" | "tasks" | "approvals" | "questions" | "usage" | "blob_refs";

export type Row<T extends FoldedTable> = { [K in T]: Selectable<Database[K]> }[T];

/** A change of one table by an event. Engines apply it; nobody else writes these tables. */
export type RowChange = { [T in FoldedTable]: ChangeOf<T> }[FoldedTable];

type ChangeOf<T extends FoldedTable> =
  | { table: T; type: "insert"; row: Insertable<Database[T]> }
  | { table: T; type: "update"; id: string; set: Partial<Row<T>> }
  /** Deletes all rows of the event's session. */
  | { table: T; type: "clear" };

/** The part of a task that reducers need: all but its long texts. */
export type TaskCore = Omit<Selectable<TasksTable>, "prompt" | "result" | "error_message">;

/** Columns of a `TaskCore`. */
export const TASK_CORE_COLUMNS = [
  "id",
  "session_id",
  "owner_id",
  "pos",
  "state",
  "reason",
  "model",
  "agent",
  "effort",
  "budget_json",
  "attempt",
  "crashes",
  "node",
  "open_requests",
  "children_json",
  "resume_at",
  "cancel_requested_at",
  "steers",
  "steer_seq",
  "idempotency_key",
  "request_hash",
  "usage_json",
  "reserved_json",
  "step_json",
  "error_code",
  "created_at",
  "started_at",
  "ended_at",
] as const satisfies readonly (keyof TaskCore)[];

/** Rows that reducers read, as they were before the event. Only the event's session. */
export interface RowReader {
  session(): Selectable<SessionsTable> | undefined;
  task(id: string): TaskCore | undefined;
  /** Tasks that have not ended. */
  firstUnfinishedPos(): number | undefined;
  /** Queued tasks from that position on, in any order. */
  queuedFrom(pos: number): Pick<TaskCore, "id" | "pos" | "steers">[];
  approval(id: string): ApprovalsTable | undefined;
  openApprovals(taskId: string): string[];
  question(id: string): QuestionsTable | undefined;
  openQuestions(taskId: string): string[];
}

/** Context of an append besides its events. */
export interface AppendContext {
  /** Owner of the session that an event creates. */
  ownerId: string | undefined;
  /** Whether the session was filled hidden (a fork, an import) and becomes visible now. */
  reveals: boolean;
}

/** An event as stored, with position and time assigned by the store. */
export type StoredEvent = SessionEvent;

/** The changes of one table that follow from an event. Pure. @throws Refused if the rows do not allow it. */
export type Reducer = (event: StoredEvent, rows: RowReader, context: AppendContext) => RowChange[];

export const change = {
  insert: <T extends FoldedTable>(table: T, row: Insertable<Database[T]>) =>
    ({ table, type: "insert", row }) as unknown as RowChange,
  update: <T extends FoldedTable>(table: T, id: string, set: Partial<Row<T>>) =>
    ({ table, type: "update", id, set }) as unknown as RowChange,
  clear: (table: FoldedTable) => ({ table, type: "clear" }) as RowChange,
};

/** Whether the session is being imported: its contents are untrusted history, and nobody is asked. */
export function isBeingBuilt(rows: RowReader): boolean {
  return (rows.session()?.deleted_at ?? null) !== null;
}
