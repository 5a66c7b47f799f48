import { z } from "zod";
import { Expiry, Id, Timestamp } from "./primitives.ts";
import { faultOfTerms } from "./rules/rule-terms.ts";

/** What happens to a call that a rule matches. */
export const RuleEffect = z.enum(["allow", "ask", "deny"]);
export type RuleEffect = z.infer<typeof RuleEffect>;

/** Whose rule it is, and where it holds; the later ones are more specific. */
export const RuleLevel = z.enum(["operator", "user", "project", "session"]);
export type RuleLevel = z.infer<typeof RuleLevel>;

/** One line of visible text. */
const Term = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u, "Write one line, without invisible characters");

const TERMS = {
  /** Name of the tool; `*` stands for any characters, as in `server__*`. Absent: every tool. */
  tool: z
    .string()
    .max(200)
    .regex(/^[A-Za-z0-9_*.:-]+$/, "Use the name of a tool, in which '*' stands for any characters")
    .optional(),
  /**
   * Command of a shell tool, as words. `*` stands for any characters in a word, ` *` at the end for any further
   * arguments; `\*` is a star.
   */
  pattern: Term(2_000).optional(),
  /** Files, relative to the workspace: `*` stands for any characters in a name, `**` for any directories. */
  path: Term(1_000).optional(),
  /** Host of an address: `HOST` or `*.HOST` (the names below it), each with `:PORT` for another port than the web's. */
  host: Term(300).optional(),
};

/** Which calls a rule matches: those that all of its terms fit. */
export const RuleTerms = z.strictObject(TERMS);
export type RuleTerms = z.infer<typeof RuleTerms>;

/** Decides on tool calls before they run. */
export const ApprovalRule = z.strictObject({
  /** Of a rule from the configuration file: its place there. */
  id: z.string().min(1).max(100),
  effect: RuleEffect,
  ...TERMS,
  level: RuleLevel,
  /** Where it holds, for rules of a project. */
  projectId: Id.optional(),
  /** Where it holds, for rules of a session. */
  sessionId: Id.optional(),
  /** Who created it. */
  createdBy: z.string(),
  createdAt: Timestamp,
  /** When it stops to hold; null: never. Ms since the epoch. */
  expiresAt: Timestamp.nullable(),
});
export type ApprovalRule = z.infer<typeof ApprovalRule>;

export const CreateRuleInput = z
  .strictObject({
    effect: RuleEffect,
    ...TERMS,
    /** Only in your sessions of this project. */
    projectId: Id.optional(),
    /** Only in this session, and in forks made from then on. Without either: in all your sessions. */
    sessionId: Id.optional(),
    /** When it stops to hold; ms since the epoch. */
    expiresAt: Expiry.nullable().default(null),
  })
  .superRefine((rule, context) => {
    if (rule.projectId !== undefined && rule.sessionId !== undefined) {
      context.addIssue({
        code: "custom",
        path: ["projectId"],
        message: "Name a project or a session, not both",
      });
    }
    const fault = faultOfTerms(rule);
    if (fault !== null) context.addIssue({ code: "custom", path: [fault.term], message: fault.message });
  });
export type CreateRuleInput = z.infer<typeof CreateRuleInput>;

export const ListRulesInput = z.strictObject({
  /** Also the rules of this session, and of its project; without it, those of all projects. */
  sessionId: Id.optional(),
});
export type ListRulesInput = z.infer<typeof ListRulesInput>;

/** The most specific level first. */
export const RuleList = z.strictObject({ items: z.array(ApprovalRule) });
export type RuleList = z.infer<typeof RuleList>;

export const DeleteRuleInput = z.strictObject({
  /** The rule's `id`. */
  ruleId: z.string().min(1).max(100),
  /** The session that it is a rule of. */
  sessionId: Id.optional(),
});
export type DeleteRuleInput = z.infer<typeof DeleteRuleInput>;
