import { type Budget, isTerminalTaskState, type Task, type Usage } from "@trunkline/contract";
import type { Selectable } from "kysely";
import { openSubagents } from "../rows/subagents.ts";
import type { StoredTask } from "../ports/tasks.ts";
import type { TasksTable } from "../schema.ts";

export type TaskRow = Selectable<TasksTable>;

export function toTask(row: TaskRow): StoredTask {
  return {
    id: row.id,
    sessionId: row.session_id,
    pos: row.pos,
    state: row.state,
    reason: row.reason as Task["reason"],
    prompt: row.prompt,
    model: row.model,
    agent: row.agent,
    effort: row.effort as Task["effort"],
    attempt: row.attempt,
    node: isTerminalTaskState(row.state) ? null : row.node,
    cancelRequestedAt: row.cancel_requested_at,
    ...(row.steers !== null && { steers: row.steers }),
    children: openSubagents(row),
    steerSeq: row.steer_seq,
    idempotencyKey: row.idempotency_key,
    usage: row.usage_json === null ? null : (JSON.parse(row.usage_json) as Usage),
    result: row.result,
    errorCode: row.error_code,
    errorMessage: row.error_message,
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    ownerId: row.owner_id,
    budget: row.budget_json === null ? null : (JSON.parse(row.budget_json) as Budget),
    requestHash: row.request_hash,
    crashes: row.crashes,
    resumeAt: row.resume_at,
  };
}
