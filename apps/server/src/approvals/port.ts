import type {
  AgentTool,
  Approval,
  ApprovalDecision,
  ApprovalRule,
  EventDataOf,
  Json,
  Location,
  Question,
  RuleLevel,
  RuleTerms,
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
  /** @param always what a request, before there were rules, offered to allow for the rest of the session */
  isAllowedForGood(always: string): boolean;
  /** The session's own rules. */
  readonly rules: readonly RuleInForce[];
}

/** What decides of a rule. */
export type RuleInForce = Pick<
  ApprovalRule,
  "effect" | "tool" | "pattern" | "path" | "host" | "level" | "expiresAt"
>;

/** Why a call needs approval, for people. */
export interface ApprovalDemand {
  reason: string;
  /** What `always` would allow, in words; absent: not offered. */
  always?: string;
  /** The rules that `always` can make, the narrowest first. */
  rules?: RuleTerms[];
}

/** The part of a tool that the policy depends on. */
export interface ToolNature {
  name: string;
  kind: ToolCall["kind"];
  effects: readonly ToolEffect[];
  revision?: string;
  command?(input: unknown): string;
  address?(input: unknown): string;
  locations?(input: unknown): Location[];
}

export interface CallToJudge {
  tool: ToolNature;
  /** Validated. */
  input: unknown;
  /** Absolute path of the directory that its paths are relative to. */
  workspace: string;
}

export type Verdict =
  /**
   * `rule`: the one that allows it, in words; absent: it needs no approval. `checksPaths`: only if none of its paths leads
   * through a symbolic link, because rules are about paths.
   */
  | { type: "allow"; rule?: string; checksPaths: boolean }
  | { type: "ask"; demand: ApprovalDemand }
  /** By the rule, in words. */
  | { type: "deny"; rule: string };

/**
 * Decides by what a tool declares, what the log says and how the server was started; never by anything in a workspace.
 */
export interface ApprovalPolicy {
  /** Decides what happens to a call that nobody has decided on. */
  verdictOn(call: CallToJudge, trust: SessionTrust): Verdict;
  /** When calls of the tool need approval, for listings. */
  needOf(tool: ToolNature): AgentTool["approval"];
}

/** Where a policy holds. */
export interface PolicySource {
  /** With the rules as they are now. Read it anew for each step: somebody may have added one. */
  policyOf(session: { sessionId: string; ownerId: string }): Promise<ApprovalPolicy>;
}

/** A call that needs approval. */
export interface ApprovalRequest extends ApprovalDemand, Pick<ToolCall, "title" | "kind" | "locations"> {
  callId: string;
  tool: string;
  input: Json;
}

/** A call whose result is a user's answer. */
export type QuestionRequest = Omit<EventDataOf<"question.asked">, "questionId" | "expiresAt">;

/** The rule that `always` makes. */
export interface RuleToMake extends RuleTerms {
  level: Exclude<RuleLevel, "operator">;
  /** For the level `project`. */
  projectId?: string | undefined;
}

export interface Approvals extends PolicySource {
  /** Without anybody's rules but the operator's. */
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
    answer: {
      decision: ApprovalDecision;
      by: string;
      note?: string | undefined;
      rule?: RuleToMake | undefined;
    },
    audit: AuditRecord,
  ): Promise<void>;
  /** The same for a question. */
  answerQuestion(
    ownerId: string,
    question: Pick<Question, "id" | "sessionId" | "taskId">,
    answer: Pick<EventDataOf<"question.answered">, "answer" | "by">,
    audit: AuditRecord,
  ): Promise<void>;
  /** Nobody waits for the answer any more: the question counts as timed out, unless it is settled already. */
  withdrawQuestion(ownerId: string, question: Pick<Question, "id" | "sessionId" | "taskId">): Promise<void>;
  /** Starts expiring requests, beginning with those that expired while no server was running. */
  start(): void;
  stop(): Promise<void>;
}
