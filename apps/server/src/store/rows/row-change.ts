import type { SessionEvent } from "@trunkline/contract";
import type { Insertable, Selectable } from "kysely";
import type { ApprovalsTable, Database, QuestionsTable, SessionsTable, TasksTable } from "../schema.ts";

/** The tables whose rows follow from the log. */
export type FoldedTable = "sessions" | "tasks" | "approvals" | "questions" | "usage" | "blob_refs";

export type Row<T extends FoldedTable> = { [K in T]: Selectable<Database[K]> }[T];

/** What an event changes in one table. An engine applies it; nobody else writes these tables. */
export type RowChange = { [T in FoldedTable]: ChangeOf<T> }[FoldedTable];

type ChangeOf<T extends FoldedTable> =
  | { table: T; type: "insert"; row: Insertable<Database[T]> }
  | { table: T; type: "update"; id: string; set: Partial<Row<T>> }
  /** All rows of the event's session go. */
  | { table: T; type: "clear" };

/** A task as far as reducers care: all but its long texts. */
export type TaskCore = Omit<Selectable<TasksTable>, "prompt" | "result" | "error_message">;

/** What a `TaskCore` holds. */
export const TASK_CORE_COLUMNS = [
  "id",
  "session_id",
  "owner_id",
  "pos",
  "state",
  "reason",
  "model",
  "budget_json",
  "attempt",
  "crashes",
  "node",
  "open_requests",
  "resume_at",
  "cancel_requested_at",
  "idempotency_key",
  "request_hash",
  "usage_json",
  "error_code",
  "created_at",
  "started_at",
  "ended_at",
] as const satisfies readonly (keyof TaskCore)[];

/** The rows that reducers ask for, as they are before the event. All of the event's session. */
export interface RowReader {
  session(): Selectable<SessionsTable> | undefined;
  task(id: string): TaskCore | undefined;
  /** Of the tasks that have not ended. */
  firstUnfinishedPos(): number | undefined;
  /** Queued tasks from that place on, in any order. */
  queuedFrom(pos: number): Pick<TaskCore, "id" | "pos">[];
  approval(id: string): ApprovalsTable | undefined;
  openApprovals(taskId: string): string[];
  question(id: string): QuestionsTable | undefined;
  openQuestions(taskId: string): string[];
}

/** What is known about an append beside its events. */
export interface AppendContext {
  /** Whose session it is that an event begins. */
  ownerId: string | undefined;
  /** Whether the session was filled out of sight (a fork, an import) and can be found from here on. */
  reveals: boolean;
}

/** An event as it is stored, with the place and the time that the store gave it. */
export type StoredEvent = SessionEvent;

/** Gives the changes of one table that follow from an event. Pure. @throws Refused where the rows do not allow it. */
export type Reducer = (event: StoredEvent, rows: RowReader, context: AppendContext) => RowChange[];

export const change = {
  insert: <T extends FoldedTable>(table: T, row: Insertable<Database[T]>) =>
    ({ table, type: "insert", row }) as unknown as RowChange,
  update: <T extends FoldedTable>(table: T, id: string, set: Partial<Row<T>>) =>
    ({ table, type: "update", id, set }) as unknown as RowChange,
  clear: (table: FoldedTable) => ({ table, type: "clear" }) as RowChange,
};

/** Whether the session is being filled from elsewhere (an import): what it holds is strangers' past, and asks nobody. */
export function isBeingBuilt(rows: RowReader): boolean {
  return (rows.session()?.deleted_at ?? null) !== null;
}
