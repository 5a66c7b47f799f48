import type { EventDraft, TaskError, TaskReason, Usage } from "@trunkline/contract";
import { type Kysely, sql } from "kysely";
import type { RunEvent, Waits } from "../agent/port.ts";
import type { CommitUnit, Write } from "../store/port.ts";
import type { Database } from "../store/schema.ts";
import type { OpenItems } from "./open-items.ts";
import type { CancelRequest } from "./port.ts";
import { type Holder, toDraft } from "./run-sink.ts";
import { transition } from "./transition.ts";

/** How a task leaves `working` or `input-required`, or never gets there. */
export type Ending =
  | { type: "completed"; result: string; usage: Usage }
  | { type: "failed"; reason: TaskReason; error: TaskError; usage: Usage | null }
  | { type: "canceled"; request: CancelRequest }
  /** It waits for answers, and leaves its slot to others. */
  | ({ type: "input-required" } & Waits)
  /** Back to the head of the queue; `crashed` counts against the task, a shutdown does not. */
  | { type: "interrupted"; reason: "orphaned" | "shutdown"; crashed: boolean };

/**
 * The one commit that ends an attempt: what it left open is closed, the event says how it ended, and the guarded
 * transition makes sure that it is the only one that does.
 */
export function endingUnit(
  db: Kysely<Database>,
  holder: Holder,
  open: OpenItems,
  ending: Ending,
  now: number,
  /** What is committed with it. */
  more: { events?: readonly EventDraft[]; writes?: readonly Write[] } = {},
): CommitUnit {
  const closing = open.closing(ending.type === "canceled" ? "canceled" : "interrupted", now);
  return {
    sessionId: holder.sessionId,
    events: [
      ...closing.map((event) => toDraft(event, holder)),
      ...(more.events ?? []),
      endingEvent(holder, ending),
    ],
    endedBlocks: closing.flatMap((event: RunEvent) => open.fromSeqOf(event) ?? []),
    writes: [endingTransition(db, holder, ending, now), ...(more.writes ?? [])],
    mayUseBallast: ending.type !== "input-required",
  };
}

function endingEvent({ taskId, attempt }: Holder, ending: Ending): EventDraft {
  switch (ending.type) {
    case "completed":
      return { taskId, type: "task.completed", data: { result: ending.result } };
    case "failed":
      return { taskId, type: "task.failed", data: { reason: ending.reason, error: ending.error } };
    case "canceled":
      return {
        taskId,
        type: "task.canceled",
        data: { reason: ending.request.reason, by: ending.request.by },
      };
    case "input-required":
      return {
        taskId,
        type: "task.input-required",
        data: { reason: waitReason(ending), ...ending.limit },
      };
    case "interrupted":
      return {
        taskId,
        type: "task.interrupted",
        data: { attempt: Math.max(1, attempt), reason: ending.reason },
      };
  }
}

function endingTransition(db: Kysely<Database>, { taskId, attempt }: Holder, ending: Ending, now: number) {
  const task = { id: taskId, attempt };
  switch (ending.type) {
    case "completed":
      return transition(db, task, "complete", {
        reason: null,
        result: ending.result,
        usage_json: JSON.stringify(ending.usage),
        node: null,
        ended_at: now,
      });
    case "failed":
      return transition(db, task, "fail", {
        reason: ending.reason,
        error_code: ending.error.code,
        error_message: ending.error.message,
        usage_json: ending.usage === null ? null : JSON.stringify(ending.usage),
        node: null,
        ended_at: now,
      });
    case "canceled":
      return transition(db, task, "cancel", { reason: ending.request.reason, node: null, ended_at: now });
    case "input-required":
      return transition(db, task, "require-input", { reason: waitReason(ending), node: null });
    case "interrupted":
      return transition(db, task, "interrupt", {
        reason: "interrupted",
        crashes: sql<number>`crashes + ${ending.crashed ? 1 : 0}`,
        node: null,
      });
  }
}

function waitReason({ approvals, questions }: Waits): TaskReason {
  if (approvals.length > 0) return "approval";
  return questions.length > 0 ? "question" : "limit";
}
