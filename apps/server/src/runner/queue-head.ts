import { ACTIVE_TASK_STATES } from "@trunkline/contract";
import { type Kysely, type Selectable, sql } from "kysely";
import { perDatabase } from "../store/per-database.ts";
import type { CommitUnit } from "../store/port.ts";
import type { Database, SessionsTable, TasksTable } from "../store/schema.ts";
import type { Doorbell } from "../dispatch/port.ts";
import { transition } from "./transition.ts";

export type TaskRow = Selectable<TasksTable>;

/** The next task of a session, and what of the session its run needs. */
export interface QueueHead {
  task: TaskRow;
  session: Pick<Selectable<SessionsTable>, "workspace" | "model" | "imported_seq">;
}

/**
 * @returns the task that the session must run next: the one that has its answer and waits to go on, else the head of the
 * queue; undefined where nothing is queued, or another one is active.
 */
export async function readQueueHead(db: Kysely<Database>, sessionId: string): Promise<QueueHead | undefined> {
  const { rows } = await db.executeQuery(headOf(db, [sessionId, sessionId, sessionId]));
  const [row] = rows;
  if (row === undefined) return undefined;
  const { session_workspace: workspace, session_model: model, session_imported_seq, ...task } = row;
  return { task, session: { workspace, model, imported_seq: session_imported_seq } };
}

// By way of the task's id, because a union of the two cases costs SQLite four times as much.
const headOf = perDatabase((db) => {
  const active = sql.join(ACTIVE_TASK_STATES.map((state) => sql.lit(state)));
  return db
    .selectFrom("sessions")
    .innerJoin("tasks", (join) =>
      join.on(
        sql<boolean>`tasks.id = coalesce(
          (select id from tasks where session_id = ${""} and state in (${active}) limit 1),
          (select id from tasks where session_id = ${""} and state = 'submitted' order by pos limit 1)
        )`,
      ),
    )
    .selectAll("tasks")
    .select([
      "sessions.workspace as session_workspace",
      "sessions.model as session_model",
      "sessions.imported_seq as session_imported_seq",
    ])
    .where("sessions.id", "=", "")
    .where(
      sql<boolean>`(tasks.state = 'submitted' or (tasks.state = 'input-required' and tasks.reason = 'queued'))`,
    )
    .compile();
});

/** Takes the task: raises its attempt, so that every earlier run of it is fenced off. */
export function claimUnit(db: Kysely<Database>, task: TaskRow, node: string, now: number): CommitUnit {
  const attempt = task.attempt + 1;
  const goesOn = task.state === "input-required";
  return {
    sessionId: task.session_id,
    events: [{ taskId: task.id, attempt, type: goesOn ? "task.resumed" : "task.started", data: { attempt } }],
    writes: [
      transition(db, task, goesOn ? "resume" : "start", {
        attempt,
        node,
        reason: null,
        started_at: task.started_at ?? now,
      }),
    ],
  };
}

/** In the words of the index that holds these tasks alone, and which is passed over where the states are parameters. */
export const UNFINISHED = sql<boolean>`state in ('submitted', 'working', 'input-required')`;

/** @returns every session that has something to run, or may have to go on: what the dispatcher is told at start. */
export async function sessionsWithQueuedTasks(db: Kysely<Database>): Promise<Doorbell[]> {
  const rows = await db
    .selectFrom("tasks")
    .select(["session_id", "owner_id"])
    .where(UNFINISHED)
    .where("state", "in", ["submitted", "input-required"])
    .groupBy(["session_id", "owner_id"])
    .orderBy(({ fn }) => fn.min("created_at"))
    .execute();
  return rows.map((row) => ({ sessionId: row.session_id, ownerId: row.owner_id }));
}
