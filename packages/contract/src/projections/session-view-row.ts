import type { BlobRef } from "../content-part.ts";
import type { ApprovalState } from "../approval.ts";
import type { EventBody, EventDataOf } from "../event.ts";
import type { TaskError, ToolCall } from "../events/event-parts.ts";
import type { QuestionForm, QuestionOption } from "../form.ts";
import type { Json, Usage } from "../primitives.ts";
import type { QuestionState } from "../question.ts";
import type { TaskReason, TerminalTaskState } from "../task-state.ts";
import type { Block } from "./block.ts";
import type { CallState } from "./tool-call.ts";

interface RowBase {
  /** Stable for the lifetime of the row, whatever is loaded before or after it. */
  key: string;
  /** Seq of the row's event, for links and ordering. */
  seq: number;
  /** Integer ms since the epoch. */
  at: number;
  taskId: string | null;
}

/** A prompt. It appears when the task starts, not while it is queued. */
export interface TurnRow extends RowBase {
  kind: "turn";
  /** Null while the event with the prompt has not been loaded. */
  prompt: string | null;
  /** Files beside it. */
  attachments?: readonly BlobRef[];
}

/** A message that the running task was given. */
export interface SteerRow extends RowBase {
  kind: "steer";
  prompt: string;
}

/** Text or reasoning of the model. */
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
  /** The kind of work the call does. */
  toolKind?: ToolCall["kind"];
  reason: string;
  /** What `always` allows for the rest of the session; null: `always` is not offered. */
  always: string | null;
  /** The rules that it can make, the narrowest first; absent in logs from before. */
  rules?: EventDataOf<"approval.requested">["rules"];
  /** Integer ms since the epoch. */
  expiresAt: number;
  /** `canceled`: its task ended before a decision. */
  state: ApprovalState;
  by: string | null;
  /** Their note. */
  note: string | null;
  /** The rule that `always` made. */
  rule?: EventDataOf<"approval.answered">["rule"];
}

/** A question that the agent asked the user, and the answer. */
export interface QuestionRow extends RowBase {
  kind: "question";
  questionId: string;
  callId: string;
  text: string;
  /** Empty: free text only. */
  options: readonly QuestionOption[];
  /** What an MCP server asks for; null: the agent asks. */
  form: QuestionForm | null;
  /** `canceled`: its task ended before an answer. */
  state: QuestionState;
  by: string | null;
  answer: EventDataOf<"question.answered">["answer"] | null;
  /** The answer was given to the same question of a call that a restart cut off. */
  isRepeated?: true;
}

/** A task in a session of its own, on behalf of this one. */
export interface SubagentRow extends RowBase {
  kind: "subagent";
  callId: string;
  /** Of that session. */
  sessionId: string;
  title: string | null;
  state: "working" | TerminalTaskState;
}

export interface NoticeRow extends RowBase {
  kind: "notice";
  level: EventDataOf<"notice">["level"];
  message: string;
  /** The step is tried again, `delayMs` after the row's time; absent in logs from before. */
  retry?: NonNullable<EventDataOf<"notice">["retry"]>;
}

/** A run of the command that prepares the workspace. */
export interface SetupRow extends RowBase {
  kind: "setup";
  setupId: string;
  /** Whose command it is; null while the event that says so has not been loaded. */
  source: EventDataOf<"setup.started">["source"] | null;
  command: string | null;
  state: "running" | EventDataOf<"setup.ended">["status"];
  output: string;
  exitCode: number | null;
  omittedBytes: number;
  durationMs: number | null;
  /** It did not run: an earlier result was used. */
  cached: boolean;
}

/** Events of files that are told in one line each. */
export type FilesEvent = Extract<
  EventBody,
  {
    type:
      | "project.fetched"
      | "workspace.prepared"
      | "workspace.archived"
      | "checkpoint.created"
      | "workspace.reverted"
      | "session.published";
  }
>;

/** Something that happened to the session's files: they were prepared, saved, archived, reverted or published. */
export interface FilesRow extends RowBase {
  kind: "files";
  what: FilesEvent;
}

/** A host that commands were not let through to; one row, however often they tried. */
export interface RefusalRow extends RowBase {
  kind: "refusal";
  host: string;
  port: number;
  reason: string;
  /** Who allowed it since; null: nobody. */
  allowedBy: string | null;
}

/** A crash or shutdown interrupted the task, or it resumed afterwards. */
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
  /** Name of who canceled it. */
  by: string | null;
  /** The prompt, if it was canceled before it started and so has no other row. */
  unstarted: string | null;
  /** From first start to end, in ms; null if it never started, or its start has not been loaded. */
  durationMs: number | null;
  usage: Usage;
}

/** A row of the transcript. */
export type TranscriptRow =
  | TurnRow
  | SteerRow
  | BlockRow
  | ToolRow
  | ApprovalRow
  | QuestionRow
  | SubagentRow
  | NoticeRow
  | SetupRow
  | FilesRow
  | RefusalRow
  | AttemptRow
  | EndRow;
