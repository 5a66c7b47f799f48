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
 * When calls need approval. `auto`: calls that reach the network or write outside the workspace, once the session has
 * read untrusted text. `always`: everything beyond reading the workspace. `never`: nothing.
 */
export type ApprovalMode = "auto" | "always" | "never";

/** The part of a session's log that the policy depends on. */
export interface SessionTrust {
  /** The model has, or may have, read untrusted text. */
  readonly hasReadUntrusted: boolean;
  /** @param always what a request offered to allow for the rest of the session */
  isAllowedForGood(always: string): boolean;
}

/** Why a call needs approval, for people. */
export interface ApprovalDemand {
  reason: string;
  /** What `always` would allow for the rest of the session; absent: not offered. */
  always?: string;
}

/** The part of a tool that the policy depends on. */
export interface ToolNature {
  name: string;
  kind: ToolCall["kind"];
  effects: readonly ToolEffect[];
  scopeOf?(input: unknown): string | null;
}

/**
 * Decides by what a tool declares, what the log says and how the server was started; never by anything in a workspace.
 */
export interface ApprovalPolicy {
  /** @returns what needs approval before the call is executed; null: nothing. */
  demandOf(tool: ToolNature, input: unknown, trust: SessionTrust): ApprovalDemand | null;
  /** When calls of the tool need approval, for listings. */
  needOf(tool: ToolNature): AgentTool["approval"];
}

/** A call that needs approval. */
export interface ApprovalRequest extends ApprovalDemand, Pick<ToolCall, "title" | "kind" | "locations"> {
  callId: string;
  tool: string;
  input: Json;
}

/** A call whose result is a user's answer. */
export type QuestionRequest = Omit<EventDataOf<"question.asked">, "questionId" | "expiresAt">;

export interface Approvals {
  readonly policy: ApprovalPolicy;
  /** Events for the commit that makes the task wait. Call `requested` once it is stored. */
  requestEvents(
    taskId: string,
    requests: { approvals: readonly ApprovalRequest[]; questions: readonly QuestionRequest[] },
  ): StoredDraft[];
  requested(): void;
  /**
   * Commits the answer; the task resumes once nothing of it is open any more.
   * @throws GuardFailedError if it is not open: it was settled otherwise meanwhile.
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
  /** Starts expiring requests, beginning with those that expired while no server was running. */
  start(): void;
  stop(): Promise<void>;
}
