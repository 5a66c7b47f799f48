import type { Session, TaskReason } from "@trunkline/contract";
import { type Kysely, sql } from "kysely";
import type { StoredSession } from "../ports/sessions.ts";
import type { Database, TasksTable } from "../schema.ts";

/**
 * Sessions with the task that determines their status: the active one, else the next queued one, else the last one that
 * ended. Three index lookups per session, however many tasks it has.
 */
export function selectSessions(db: Kysely<Database>) {
  return db
    .selectFrom("sessions as s")
    .leftJoin("tasks as t", (join) =>
      join.onRef(
        "t.id",
        "=",
        sql<string>`coalesce(
          (select id from tasks where session_id = s.id and state in ('working', 'input-required') limit 1),
          (select id from tasks where session_id = s.id and state = 'submitted' order by pos limit 1),
          (select id from tasks where session_id = s.id and ended_at is not null order by ended_at desc limit 1)
        )`,
      ),
    )
    .where("s.deleted_at", "is", null)
    .select([
      "s.id",
      "s.owner_id",
      "s.title",
      "s.agent",
      "s.model",
      "s.workspace",
      "s.project_id",
      "s.base_ref",
      "s.workspace_kind",
      "s.branch",
      "s.parent_id",
      "s.forked_at_seq",
      "s.imported_seq",
      "s.last_seq",
      "s.created_at",
      "s.updated_at",
      "s.archived_at",
      "t.id as task_id",
      "t.state as task_state",
      "t.reason as task_reason",
      "t.started_at as task_started_at",
      "t.ended_at as task_ended_at",
    ]);
}

type SessionRow = Awaited<ReturnType<ReturnType<typeof selectSessions>["execute"]>>[number];

/** A row as in the contract. */
export function toSession(row: SessionRow): StoredSession {
  return {
    id: row.id,
    ownerId: row.owner_id,
    title: row.title,
    agent: row.agent,
    model: row.model,
    workspace: row.workspace,
    projectId: row.project_id,
    baseRef: row.base_ref,
    workspaceKind: row.workspace_kind,
    branch: row.branch,
    parentId: row.parent_id,
    forkedAtSeq: row.forked_at_seq,
    lastSeq: row.last_seq,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    archivedAt: row.archived_at,
    status: statusOf(row),
    currentTask:
      row.task_id === null || row.task_state === null
        ? null
        : {
            id: row.task_id,
            state: row.task_state,
            // Reducers only write reasons of the contract.
            reason: row.task_reason as TaskReason | null,
            startedAt: row.task_started_at,
            endedAt: row.task_ended_at,
          },
    importedSeq: row.imported_seq,
  };
}

/** A task that has its answer no longer needs anybody: it is queued. */
function statusOf({ task_state: state, task_reason: reason }: SessionRow): Session["status"] {
  if (state === "input-required" && reason === "queued") return "queued";
  return state === null ? "idle" : STATUS_OF_TASK[state];
}

const STATUS_OF_TASK: Record<TasksTable["state"], Session["status"]> = {
  submitted: "queued",
  working: "working",
  "input-required": "input-required",
  completed: "idle",
  failed: "idle",
  canceled: "idle",
  rejected: "idle",
};
