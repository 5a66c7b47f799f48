import { refuse } from "../refusal.ts";
import { change, isBeingBuilt, type Reducer, type RowChange, type RowReader } from "./row-change.ts";

/** An approval's row: the request and its outcome. */
export const reduceApproval: Reducer = (event, rows) => {
  // Imported approvals allow nothing here, and nobody is asked.
  if (isBeingBuilt(rows)) return [];
  const { sessionId: session_id, taskId, at } = event;
  switch (event.type) {
    case "approval.requested": {
      const { approvalId, callId, expiresAt, tool, input, title, kind, locations, reason, always, rules } =
        event.data;
      return [
        change.insert("approvals", {
          id: approvalId,
          session_id,
          task_id: taskId ?? "",
          owner_id: ownerOf(rows),
          call_id: callId,
          state: "open",
          request: JSON.stringify({ tool, input, title, kind, locations, reason, always, rules }),
          created_at: at,
          expires_at: expiresAt,
          answered_by: null,
          answered_at: null,
          note: null,
        }),
      ];
    }
    case "approval.answered": {
      const { approvalId, decision, by, note = null } = event.data;
      assertOpen("approval", approvalId, rows.approval(approvalId), session_id);
      const set = { state: decision, answered_by: by, answered_at: at, note };
      return [change.update("approvals", approvalId, set)];
    }
    case "approval.expired": {
      const { approvalId } = event.data;
      assertOpen("approval", approvalId, rows.approval(approvalId), session_id);
      return [change.update("approvals", approvalId, { state: "expired", answered_at: at })];
    }
    // The task has ended: nobody has to answer any more.
    default:
      if (taskId === null) return [];
      return rows
        .openApprovals(taskId)
        .map((id): RowChange => change.update("approvals", id, { state: "canceled", answered_at: at }));
  }
};

/** A question's row. */
export const reduceQuestion: Reducer = (event, rows) => {
  if (isBeingBuilt(rows)) return [];
  const { sessionId: session_id, taskId, at } = event;
  switch (event.type) {
    case "question.asked": {
      const { questionId, callId, text, options, multiple, form, expiresAt = null } = event.data;
      return [
        change.insert("questions", {
          id: questionId,
          session_id,
          task_id: taskId ?? "",
          owner_id: ownerOf(rows),
          call_id: callId,
          state: "open",
          question: JSON.stringify({ text, options, multiple, form }),
          created_at: at,
          expires_at: expiresAt,
          answered_by: null,
          answered_at: null,
          answer: null,
        }),
      ];
    }
    case "question.answered": {
      const { questionId, answer, by } = event.data;
      assertOpen("question", questionId, rows.question(questionId), session_id);
      const set = {
        state: "answered",
        answered_by: by,
        answered_at: at,
        answer: JSON.stringify(answer),
      } as const;
      return [change.update("questions", questionId, set)];
    }
    case "question.expired": {
      const { questionId } = event.data;
      assertOpen("question", questionId, rows.question(questionId), session_id);
      return [change.update("questions", questionId, { state: "expired", answered_at: at })];
    }
    // The task has ended: nobody has to answer any more.
    default:
      if (taskId === null) return [];
      return rows
        .openQuestions(taskId)
        .map((id): RowChange => change.update("questions", id, { state: "canceled", answered_at: at }));
  }
};

/** Only the first settlement counts. */
function assertOpen(
  what: "approval" | "question",
  id: string,
  row: { state: string; session_id: string } | undefined,
  sessionId: string,
): void {
  if (row?.state !== "open" || row.session_id !== sessionId) throw refuse(what, `${what} ${id} is not open`);
}

function ownerOf(rows: RowReader): string {
  const session = rows.session();
  if (session === undefined) throw refuse("session", "there is no such session");
  return session.owner_id;
}
