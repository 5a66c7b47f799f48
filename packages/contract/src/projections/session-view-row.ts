import type { ApprovalState } from "../approval.ts";
import type { EventDataOf, QuestionOption, TaskError, ToolCall } from "../event.ts";
import type { Json, Usage } from "../primitives.ts";
import type { QuestionState } from "../question.ts";
import type { TaskReason, TerminalTaskState } from "../task-state.ts";
import type { Block } from "./block.ts";
import type { CallState } from "./tool-call.ts";

interface RowBase {
  /** Stable for as long as the row exists, whatever is read before or after it. */
  key: string;
  /** The event that the row stands for, for links; rows are in the order of it. */
  seq: number;
  /** Integer ms since the epoch. */
  at: number;
  taskId: string | null;
}

/** What somebody asked for. It takes its place when the task starts, not while it is queued. */
export interface TurnRow extends RowBase {
  kind: "turn";
  /** Null while the event that carries it has not been read. */
  prompt: string | null;
}

/** Something the model said, or thought. */
export interface BlockRow extends RowBase, Block {}

export interface ToolRow extends RowBase, CallState {
  kind: "tool";
}

export interface ApprovalRow extends RowBase, Pick<ToolCall, "title" | "locations"> {
  kind: "approval";
  approvalId: string;
  callId: string;
  tool: string;
  input: Json;
  /** What kind of work the call does. */
  toolKind?: ToolCall["kind"];
  reason: string;
  /** What `always` allows for the rest of the session; null: `always` is not offered. */
  always: string | null;
  /** Integer ms since the epoch. */
  expiresAt: number;
  /** `canceled`: its task ended before anybody decided. */
  state: ApprovalState;
  by: string | null;
  /** What they had to say about it. */
  note: string | null;
}

/** Something the agent asked the user, and the answer. */
export interface QuestionRow extends RowBase {
  kind: "question";
  questionId: string;
  callId: string;
  text: string;
  /** Empty: free text only. */
  options: readonly QuestionOption[];
  /** `canceled`: its task ended before anybody answered. */
  state: QuestionState;
  by: string | null;
  answer: EventDataOf<"question.answered">["answer"] | null;
}

export interface NoticeRow extends RowBase {
  kind: "notice";
  level: EventDataOf<"notice">["level"];
  message: string;
}

/** A task lost its server, or went on after it had. */
export interface AttemptRow extends RowBase {
  kind: "attempt";
  state: "interrupted" | "continued";
  attempt: number;
  reason: TaskReason | null;
}

/** How a task ended. */
export interface EndRow extends RowBase {
  kind: "end";
  state: TerminalTaskState;
  reason: TaskReason | null;
  error: TaskError | null;
  /** Who canceled it. */
  by: string | null;
  /** What it was to do, where it was canceled before it started: it has no other place in the transcript then. */
  unstarted: string | null;
  /** From its first start to its end; null where it never started, or where that has not been read. */
  durationMs: number | null;
  usage: Usage;
}

/** One thing in a session's transcript. */
export type TranscriptRow =
  | TurnRow
  | BlockRow
  | ToolRow
  | ApprovalRow
  | QuestionRow
  | NoticeRow
  | AttemptRow
  | EndRow;
