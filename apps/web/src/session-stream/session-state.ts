import type { AttachedFile } from "../attachments/attached-file.ts";
import type { Approval, Question, Session, Task } from "@trunkline/contract";
import type { WhenBusy } from "../composer/when-busy.ts";
import { emptySessionView, type SessionView } from "@trunkline/contract/session-view";

/** A prompt being sent: shown before the server answers, until its task is in the log. */
export interface OutgoingPrompt {
  idempotencyKey: string;
  prompt: string;
  how: WhenBusy;
  files: readonly AttachedFile[];
  /** Known once the server has accepted it. */
  taskId: string | null;
  /** Last seq of the log when it was sent: its task is in none of the events up to there. */
  afterSeq: number;
}

export interface SessionState {
  /** `failed` has an error, and lasts until a retry. */
  phase: "loading" | "ready" | "failed";
  error: Error | null;
  /** The session when it was opened; the view has later changes. */
  session: Session | null;
  /** Tasks at that time, for those without loaded events. */
  tasks: readonly Task[];
  /** Open approvals at that time. */
  approvals: readonly Approval[];
  /** Open questions at that time. */
  questions: readonly Question[];
  view: SessionView;
  connection: "live" | "replaying" | "connecting" | "waiting";
  /** Since when the connection is not live, in ms since the epoch by the server's clock; null while it is. */
  awaySince: number | null;
  /** Whether there are events before the loaded ones. */
  older: "none" | "some" | "loading" | "failed";
  outgoing: readonly OutgoingPrompt[];
}

export function initialSessionState(): SessionState {
  return {
    phase: "loading",
    error: null,
    session: null,
    tasks: [],
    approvals: [],
    questions: [],
    view: emptySessionView(),
    connection: "connecting",
    awaySince: null,
    older: "none",
    outgoing: [],
  };
}
