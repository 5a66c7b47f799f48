import type { EventDataOf } from "@trunkline/contract";
import { changesRows } from "../rows/reduce.ts";
import type { PlannedCommit } from "./planned-commit.ts";

/** The rows that reducers, fences and expectations of some commits read, besides their sessions' own. */
export interface RowsNeeded {
  /** Sessions of the commits, and those that must exist. */
  sessions: Set<string>;
  tasks: Set<string>;
  /** Sessions whose unfinished tasks are needed. */
  unfinishedOf: Set<string>;
  /** Sessions whose active task is needed. */
  activeOf: Set<string>;
  approvals: Set<string>;
  questions: Set<string>;
  /** Sessions whose open approvals and questions are needed. */
  openRequestsOf: Set<string>;
}

export function rowsNeeded(commits: readonly PlannedCommit[]): RowsNeeded {
  const needed: RowsNeeded = {
    sessions: new Set(),
    tasks: new Set(),
    unfinishedOf: new Set(),
    activeOf: new Set(),
    approvals: new Set(),
    questions: new Set(),
    openRequestsOf: new Set(),
  };
  for (const commit of commits) addCommit(needed, commit);
  return needed;
}

function addCommit(needed: RowsNeeded, { commit, sessionId, events }: PlannedCommit): void {
  const { fence, expect } = commit;
  if (sessionId !== "") needed.sessions.add(sessionId);
  if (fence !== undefined) needed.tasks.add(fence.taskId);
  if (expect?.sessionId !== undefined) needed.sessions.add(expect.sessionId);
  if (expect?.task !== undefined) needed.tasks.add(expect.task.id);
  if (expect?.notBusy === true) needed.unfinishedOf.add(sessionId);
  for (const { type, taskId, data } of events) {
    if (!changesRows(type)) continue;
    if (taskId !== null) needed.tasks.add(taskId);
    addEvent(needed, sessionId, type, data);
  }
}

function addEvent(needed: RowsNeeded, sessionId: string, type: string, data: unknown): void {
  switch (type) {
    case "task.submitted": {
      const { whenBusy, steers } = data as EventDataOf<"task.submitted">;
      if (steers !== undefined) needed.tasks.add(steers);
      if (whenBusy === "interrupt" || steers !== undefined) needed.unfinishedOf.add(sessionId);
      break;
    }
    case "task.updated": {
      const { beforeTaskId, steers } = data as EventDataOf<"task.updated">;
      const other = beforeTaskId ?? steers;
      if (other === undefined) break;
      needed.tasks.add(other);
      needed.unfinishedOf.add(sessionId);
      break;
    }
    case "task.started":
      needed.activeOf.add(sessionId);
      break;
    case "task.resumed":
      needed.unfinishedOf.add(sessionId);
      break;
    case "approval.answered":
    case "approval.expired":
      needed.approvals.add((data as EventDataOf<"approval.expired">).approvalId);
      break;
    case "question.answered":
    case "question.expired":
      needed.questions.add((data as EventDataOf<"question.expired">).questionId);
      break;
    case "task.completed":
    case "task.failed":
    case "task.canceled":
    case "task.rejected":
      needed.openRequestsOf.add(sessionId);
      break;
  }
}
