import type { Approval, Question, Session, Task } from "@trunkline/contract";
import { emptySessionView, type SessionView } from "@trunkline/contract/session-view";

/** A prompt on its way: shown before the server has said a word, and until its task is in the log. */
export interface OutgoingPrompt {
  idempotencyKey: string;
  prompt: string;
  /** Known once the server has taken it. */
  taskId: string | null;
  /** What the log had come to when it was sent: its task is in none of the events before. */
  afterSeq: number;
}

export interface SessionState {
  /** `failed` comes with an error, and is for good until somebody asks for a retry. */
  phase: "loading" | "ready" | "failed";
  error: Error | null;
  /** As the session was when it was opened; the view knows what came after. */
  session: Session | null;
  /** Tasks as they were then: for those that the read events do not tell of. */
  tasks: readonly Task[];
  /** Calls that waited for an answer then. */
  approvals: readonly Approval[];
  /** Questions that waited for an answer then. */
  questions: readonly Question[];
  view: SessionView;
  connection: "live" | "replaying" | "connecting" | "waiting";
  /** Since when the connection is not live, in ms since the epoch by the server's clock; null while it is. */
  awaySince: number | null;
  /** Whether there are events before those that were read. */
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
