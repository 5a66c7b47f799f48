import { z } from "zod";
import { DEFAULT_PAGE_SIZE, MAX_NOTE_LENGTH, MAX_PAGE_SIZE } from "./limits.ts";
import { RuleLevel, RuleTerms } from "./rule.ts";
import { Id, Json, PageCursor, Timestamp } from "./primitives.ts";

/** A decision on a call. */
export const ApprovalDecision = z.enum(["allow", "always", "deny"]);
export type ApprovalDecision = z.infer<typeof ApprovalDecision>;

/** State of an approval: open, decided, expired, or closed because its task ended. */
export const ApprovalState = z.enum(["open", "allow", "always", "deny", "expired", "canceled"]);
export type ApprovalState = z.infer<typeof ApprovalState>;

/** A tool call that needs, or needed, somebody's approval. */
export const Approval = z.strictObject({
  id: Id,
  sessionId: Id,
  /** The task that waits. */
  taskId: Id,
  /** The call that waits. */
  callId: z.string(),
  /** Name of the tool. */
  tool: z.string(),
  /** The model's input. */
  input: Json,
  /** Why it needs an answer. */
  reason: z.string(),
  /** What `always` allows for the rest of the session; null: `always` is not offered. */
  always: z.string().nullable(),
  /** The rules that `always` can make, the narrowest first: `always` names this one. */
  rules: z.array(RuleTerms),
  state: ApprovalState,
  createdAt: Timestamp,
  /** When it is denied automatically; ms since the epoch. */
  expiresAt: Timestamp,
  /** Who decided. */
  answeredBy: z.string().nullable(),
  /** When it was decided, or expired; ms since the epoch. */
  answeredAt: Timestamp.nullable(),
  /** A note for the model. */
  note: z.string().nullable(),
});
export type Approval = z.infer<typeof Approval>;

export const ListApprovalsInput = z.strictObject({
  /** Only those of this session. */
  sessionId: Id.optional(),
  cursor: PageCursor.optional(),
  /** Maximum number of items. */
  limit: z.int().min(1).max(MAX_PAGE_SIZE).default(DEFAULT_PAGE_SIZE),
});
export type ListApprovalsInput = z.infer<typeof ListApprovalsInput>;

/** Newest first. */
export const ApprovalPage = z.strictObject({
  items: z.array(Approval),
  /** Pass it as `cursor` to get the next page; null on the last page. */
  nextCursor: PageCursor.nullable(),
});
export type ApprovalPage = z.infer<typeof ApprovalPage>;

export const AnswerApprovalInput = z
  .strictObject({
    approvalId: Id,
    /** `always` also allows calls like this one from now on, by a rule. */
    decision: ApprovalDecision,
    /** A note for the model. */
    note: z.string().trim().min(1).max(MAX_NOTE_LENGTH).optional(),
    /** With `always`: one of the approval's `rules`. Absent: the first. */
    rule: RuleTerms.optional(),
    /** With `always`: where the rule holds. Default: in this session. */
    level: RuleLevel.exclude(["operator"]).optional(),
  })
  .refine(({ decision, rule, level }) => decision === "always" || (rule ?? level) === undefined, {
    path: ["rule"],
    message: "Only the decision 'always' makes a rule",
  });
export type AnswerApprovalInput = z.infer<typeof AnswerApprovalInput>;
