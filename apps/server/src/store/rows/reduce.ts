import type { EventType } from "@trunkline/contract";
import { reduceBlobRef } from "./blob-ref-row.ts";
import { reduceApproval, reduceQuestion } from "./request-rows.ts";
import type { AppendContext, Reducer, RowChange, RowReader, StoredEvent } from "./row-change.ts";
import { reduceSession } from "./session-row.ts";
import { reduceTask } from "./task-row.ts";
import { reduceUsage } from "./usage-row.ts";

const ENDS_TASK = [reduceTask, reduceApproval, reduceQuestion];

/** The tables that each event type changes. Types not listed change no rows. */
const REDUCERS: Partial<Record<EventType, readonly Reducer[]>> = {
  "session.created": [reduceSession],
  "session.updated": [reduceSession, reduceUsage],
  "session.forked": [reduceTask, reduceSession],
  "session.imported": [reduceSession],
  "workspace.prepared": [reduceSession],
  "task.submitted": [reduceTask, reduceSession, reduceBlobRef],
  "task.updated": [reduceTask, reduceSession],
  "task.started": [reduceTask],
  "task.resumed": [reduceTask],
  "task.interrupted": [reduceTask],
  "task.input-required": [reduceTask],
  "task.released": [reduceTask],
  "task.cancel-requested": [reduceTask],
  "task.completed": ENDS_TASK,
  "task.failed": ENDS_TASK,
  "task.canceled": ENDS_TASK,
  "task.rejected": ENDS_TASK,
  "step.started": [reduceTask],
  "tool.called": [reduceTask],
  "tool.ended": [reduceBlobRef],
  "step.ended": [reduceTask, reduceUsage],
  "subagent.started": [reduceTask],
  "subagent.ended": [reduceTask],
  "context.compacted": [reduceTask, reduceUsage],
  "budget.reserved": [reduceTask],
  "approval.requested": [reduceTask, reduceApproval],
  "approval.answered": [reduceTask, reduceApproval],
  "approval.expired": [reduceTask, reduceApproval],
  "question.asked": [reduceTask, reduceQuestion],
  "question.answered": [reduceTask, reduceQuestion],
  "question.expired": [reduceTask, reduceQuestion],
};

export function changesRows(type: string): boolean {
  return Object.hasOwn(REDUCERS, type);
}

/**
 * All row changes of an event, in every table: the only place that decides what rows say. Pure: an engine applies the
 * changes in the event's transaction, verification applies them to a fold of the log.
 * @throws Refused if the rows do not allow the event: nothing of its commit may be stored then.
 */
export function reduce(event: StoredEvent, rows: RowReader, context: AppendContext): RowChange[] {
  return (REDUCERS[event.type] ?? []).flatMap((reducer) => reducer(event, rows, context));
}
