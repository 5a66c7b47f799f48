import type { CurrentStep, Session, TaskReason, Usage } from "@trunkline/contract";
import { type Kysely, sql } from "kysely";
import type { StoredSession } from "../ports/sessions.ts";
import type { Database, TasksTable } from "../schema.ts";

/** Characters of an answer that lists show. */
const OUTCOME_LENGTH = 200;

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
          (select id from tasks where session_id = s.id and ended_at is not null order by ended_at desc, pos desc limit 1)
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
      "s.effort",
      "s.workspace",
      "s.project_id",
      "s.base_ref",
      "s.workspace_kind",
      "s.branch",
      "s.parent_session_id",
      "s.parent_task_id",
      "s.root_session_id",
      "s.root_task_id",
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
      "t.step_json as task_step",
      "t.usage_json as task_usage",
      sql<string | null>`substr(coalesce(t.error_message, t.result), 1, ${sql.lit(OUTCOME_LENGTH)})`.as(
        "task_outcome",
      ),
      // A task that is first in the queue waits, too.
      sql<number | null>`case when t.ended_at is null and t.id is not null then (
        select count(*) from tasks where session_id = s.id and state = 'submitted') end`.as("queued"),
      sql<number | string>`(select count(*) from sessions as child where child.parent_session_id = s.id
        and child.deleted_at is null)`.as("subagents"),
      // Only where it waits for subagents.
      sql<number | boolean>`case when t.children_json is null then ${sql.lit(false)} else exists (
        select 1 from sessions as c where (c.parent_session_id = s.id or c.root_session_id = s.id)
        and (exists (select 1 from approvals where approvals.session_id = c.id and approvals.state = 'open')
          or exists (select 1 from questions where questions.session_id = c.id and questions.state = 'open'))
      ) end`.as("child_asks"),
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
    // Reducers only write efforts of the contract.
    effort: row.effort as Session["effort"],
    workspace: row.workspace,
    projectId: row.project_id,
    baseRef: row.base_ref,
    workspaceKind: row.workspace_kind,
    branch: row.branch,
    ...parentOf(row),
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
            ...progressOf(row),
          },
    ...countsOf(row),
    importedSeq: row.imported_seq,
  };
}

/** PostgreSQL counts in bigints. */
function countsOf(row: SessionRow): Pick<Session, "queued" | "subagents"> {
  const [queued, subagents] = [Number(row.queued), Number(row.subagents)];
  return { ...(queued > 0 && { queued }), ...(subagents > 0 && { subagents }) };
}

type Progress = Pick<NonNullable<Session["currentTask"]>, "step" | "outcome" | "costUsd">;

function progressOf({ task_step, task_usage, task_outcome, task_ended_at }: SessionRow): Progress {
  const hasEnded = task_ended_at !== null;
  const costUsd = task_usage === null ? undefined : (JSON.parse(task_usage) as Usage).costUsd;
  return {
    ...(!hasEnded && task_step !== null && { step: JSON.parse(task_step) as CurrentStep }),
    ...(hasEnded && task_outcome !== null && task_outcome !== "" && { outcome: task_outcome }),
    ...(costUsd !== undefined && { costUsd }),
  };
}

/** @returns on behalf of which task it works, if it does. */
export function parentOf({
  parent_session_id: sessionId,
  parent_task_id: taskId,
  root_session_id: rootSessionId,
  root_task_id: rootTaskId,
}: Pick<SessionRow, "parent_session_id" | "parent_task_id" | "root_session_id" | "root_task_id">): Pick<
  Session,
  "parent"
> {
  if (sessionId === null || taskId === null || rootSessionId === null || rootTaskId === null) return {};
  return { parent: { sessionId, taskId, rootSessionId, rootTaskId } };
}

/** A task that has its answer no longer needs anybody: it is queued. */
function statusOf({ task_state: state, task_reason: reason, child_asks }: SessionRow): Session["status"] {
  if (state === "input-required" && reason === "queued") return "queued";
  // Its subagents work; it needs somebody once one of them does.
  if (state === "input-required" && reason === "child" && !child_asks) return "working";
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
