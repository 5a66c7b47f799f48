import type {
  AgentTool,
  Approval,
  ApprovalDecision,
  EventDataOf,
  Json,
  Question,
  ToolCall,
  ToolEffect,
} from "@trunkline/contract";
import type { AuditRecord, StoredDraft } from "../store/port.ts";

/**
 * When calls wait for a person. `auto`: what reaches the network or writes outside the workspace, once strangers' words
 * are in the session. `always`: whatever does more than read the workspace. `never`: nothing does.
 */
export type ApprovalMode = "auto" | "always" | "never";

/** What a session's log says, as far as the policy asks. */
export interface SessionTrust {
  /** The model has read, or may have read, something by strangers. */
  readonly hasReadUntrusted: boolean;
  /** @param always what a request offered to allow for the rest of the session */
  isAllowedForGood(always: string): boolean;
}

/** Why a call has to wait, in words for a person. */
export interface ApprovalDemand {
  reason: string;
  /** What `always` would allow for the rest of the session; absent: nothing can be allowed for good. */
  always?: string;
}

/** A tool as far as the policy cares. */
export interface ToolNature {
  name: string;
  kind: ToolCall["kind"];
  effects: readonly ToolEffect[];
  scopeOf?(input: unknown): string | null;
}

/** Decides by what a tool declares, what the log says and how the server was started; by nothing in a workspace. */
export interface ApprovalPolicy {
  /** @returns what has to be answered before the call is executed; null: nothing. */
  demandOf(tool: ToolNature, input: unknown, trust: SessionTrust): ApprovalDemand | null;
  /** When calls of the tool wait, for those who ask before there is a call. */
  needOf(tool: ToolNature): AgentTool["approval"];
}

/** A call that has to wait. */
export interface ApprovalRequest extends ApprovalDemand, Pick<ToolCall, "title" | "kind" | "locations"> {
  callId: string;
  tool: string;
  input: Json;
}

/** A call whose result is a user's answer. */
export type QuestionRequest = Omit<EventDataOf<"question.asked">, "questionId" | "expiresAt">;

export interface Approvals {
  readonly policy: ApprovalPolicy;
  /** What the commit that lets the task wait has to hold. Call `requested` once it is stored. */
  requestEvents(
    taskId: string,
    requests: { approvals: readonly ApprovalRequest[]; questions: readonly QuestionRequest[] },
  ): StoredDraft[];
  requested(): void;
  /**
   * Commits the answer; the task goes on once nothing of it is open any more.
   * @throws GuardFailedError where it is not open: it was settled otherwise meanwhile.
   */
  answer(
    ownerId: string,
    approval: Pick<Approval, "id" | "sessionId" | "taskId">,
    answer: { decision: ApprovalDecision; by: string; note?: string | undefined },
    audit: AuditRecord,
  ): Promise<void>;
  /** The same for a question. */
  answerQuestion(
    ownerId: string,
    question: Pick<Question, "id" | "sessionId" | "taskId">,
    answer: Pick<EventDataOf<"question.answered">, "answer" | "by">,
    audit: AuditRecord,
  ): Promise<void>;
  /** Lets requests expire from now on, those first that did while no server ran. */
  start(): void;
  stop(): Promise<void>;
}
