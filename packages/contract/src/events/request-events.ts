import { z } from "zod";
import { Id, Json, Timestamp } from "../primitives.ts";
import { QuestionAnswer, QuestionForm, QuestionOption } from "../form.ts";
import { RuleEffect, RuleLevel, RuleTerms } from "../rule.ts";
import { Location, ToolKind } from "../tool-kind.ts";
import { CallId } from "./event-parts.ts";

/** What people are asked and answer: approvals with their rules, and questions. */
export const REQUEST_EVENTS = {
  /** A tool call needs approval. */
  "approval.requested": z.strictObject({
    approvalId: Id,
    /** The call that waits. */
    callId: CallId,
    /** Name of the tool. */
    tool: z.string(),
    /** The model's input. */
    input: Json,
    title: z.string().max(500).optional(),
    kind: ToolKind.optional(),
    locations: z.array(Location).max(100).optional(),
    /** Why it needs an answer. */
    reason: z.string(),
    /** What `always` allows for the rest of the session; absent: `always` is not offered. */
    always: z.string().optional(),
    /** The rules that `always` can make, the narrowest first: `always` names this one. Absent in logs from before. */
    rules: z.array(RuleTerms).max(10).optional(),
    /** When it is denied automatically; ms since the epoch. */
    expiresAt: Timestamp,
  }),
  /** An approval was answered. */
  "approval.answered": z.strictObject({
    approvalId: Id,
    /** `always` also allows calls like this one from now on. */
    decision: z.enum(["allow", "always", "deny"]),
    /** Who decided. */
    by: z.string(),
    /** A note for the model. */
    note: z.string().optional(),
    /** The rule that `always` made. One of a session is created by the event after this. */
    rule: RuleTerms.extend({ ruleId: z.string().max(100), level: RuleLevel }).optional(),
  }),
  /** An approval timed out. */
  "approval.expired": z.strictObject({ approvalId: Id }),

  /** A rule of this session was created. */
  "rule.created": RuleTerms.extend({
    ruleId: Id,
    effect: RuleEffect,
    /** When it stops to hold; null: never. Ms since the epoch. */
    expiresAt: Timestamp.nullable(),
    /** Who created it. */
    by: z.string(),
    /** The approval that was answered with `always`. */
    approvalId: Id.optional(),
  }),
  /** A rule of this session was deleted. */
  "rule.deleted": z.strictObject({
    ruleId: Id,
    /** Who deleted it. */
    by: z.string(),
  }),

  /** The agent, or an MCP server in the middle of a call, asked the user a question. */
  "question.asked": z.strictObject({
    questionId: Id,
    /** The call that waits for the answer. */
    callId: CallId,
    text: z.string(),
    options: z.array(QuestionOption).max(50).optional(),
    /** Whether several options may be chosen. */
    multiple: z.boolean().optional(),
    /** What an MCP server asks for. The call has started and goes on with the answer. Absent: the agent asks. */
    form: QuestionForm.optional(),
    /** When the agent continues without an answer; ms since the epoch. */
    expiresAt: Timestamp.optional(),
  }),
  /** A question was answered. */
  "question.answered": z.strictObject({
    questionId: Id,
    answer: QuestionAnswer,
    /** Who answered. */
    by: z.string(),
    /** It is the answer to this earlier question, which its call never got: nobody was asked again. */
    repeats: Id.optional(),
  }),
  /** A question timed out, or the MCP server that asked it waits no longer. */
  "question.expired": z.strictObject({ questionId: Id }),
} as const;
