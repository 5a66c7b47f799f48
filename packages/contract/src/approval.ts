import { z } from "zod";
import { DEFAULT_PAGE_SIZE, MAX_NOTE_LENGTH, MAX_PAGE_SIZE } from "./limits.ts";
import { Id, Json, PageCursor, Timestamp } from "./primitives.ts";

/** What somebody may decide about a call. */
export const ApprovalDecision = z.enum(["allow", "always", "deny"]);
export type ApprovalDecision = z.infer<typeof ApprovalDecision>;

/** How an approval stands: open, decided, expired, or closed with the task that was canceled. */
export const ApprovalState = z.enum(["open", "allow", "always", "deny", "expired", "canceled"]);
export type ApprovalState = z.infer<typeof ApprovalState>;

/** A tool call that waits, or waited, until somebody allows it. */
export const Approval = z.strictObject({
  id: Id,
  sessionId: Id,
  /** The task that waits. */
  taskId: Id,
  /** The call that waits. */
  callId: z.string(),
  /** Name of the tool. */
  tool: z.string(),
  /** What the model wants to give it. */
  input: Json,
  /** Why it needs an answer. */
  reason: z.string(),
  /** What `always` would allow for the rest of the session; null: nothing can be allowed for good. */
  always: z.string().nullable(),
  state: ApprovalState,
  createdAt: Timestamp,
  /** When the request counts as denied; ms since the epoch. */
  expiresAt: Timestamp,
  /** Who decided. */
  answeredBy: z.string().nullable(),
  /** When it was decided, or expired; ms since the epoch. */
  answeredAt: Timestamp.nullable(),
  /** What the model is told about it. */
  note: z.string().nullable(),
});
export type Approval = z.infer<typeof Approval>;

export const ListApprovalsInput = z.strictObject({
  /** Only those of this session. */
  sessionId: Id.optional(),
  cursor: PageCursor.optional(),
  /** How many to answer at most. */
  limit: z.int().min(1).max(MAX_PAGE_SIZE).default(DEFAULT_PAGE_SIZE),
});
export type ListApprovalsInput = z.infer<typeof ListApprovalsInput>;

/** Newest first. */
export const ApprovalPage = z.strictObject({
  items: z.array(Approval),
  /** Give it back as `cursor` for the next page; null on the last. */
  nextCursor: PageCursor.nullable(),
});
export type ApprovalPage = z.infer<typeof ApprovalPage>;

export const AnswerApprovalInput = z.strictObject({
  approvalId: Id,
  /** `always` also allows what the approval says for the rest of the session. */
  decision: ApprovalDecision,
  /** What the model is told about it. */
  note: z.string().trim().min(1).max(MAX_NOTE_LENGTH).optional(),
});
export type AnswerApprovalInput = z.infer<typeof AnswerApprovalInput>;
