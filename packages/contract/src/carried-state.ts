import { z } from "zod";
import { QuestionAnswer, QuestionForm } from "./form.ts";
import { MAX_CARRIED_ANSWERS, MAX_SESSION_RULES } from "./limits.ts";
import { Id, Json, Timestamp, Usage } from "./primitives.ts";
import { RuleEffect, RuleTerms } from "./rule.ts";

/** What a summary hides and still counts. */
export const CarriedState = z.strictObject({
  /** What was allowed for the rest of the session. */
  alwaysAllowed: z.array(z.string()),
  /** The session's rules. */
  rules: z
    .array(
      RuleTerms.extend({
        ruleId: Id,
        effect: RuleEffect,
        expiresAt: Timestamp.nullable(),
        by: z.string(),
      }),
    )
    .max(MAX_SESSION_RULES)
    .optional(),
  /** The session has read what may be by strangers. */
  readsUntrusted: z.literal(true).optional(),
  /** Answers to calls that a restart has cut off. */
  answers: z
    .array(
      z.strictObject({
        taskId: Id,
        questionId: Id,
        /** The call that asked. */
        tool: z.string(),
        input: Json,
        text: z.string(),
        form: QuestionForm.optional(),
        answer: QuestionAnswer,
        by: z.string(),
        /** The call may have got it. */
        mayBeHeard: z.boolean(),
      }),
    )
    .max(MAX_CARRIED_ANSWERS)
    .optional(),
  /** Where the unfinished tasks stood. */
  tasks: z.array(
    z.strictObject({
      taskId: Id,
      /** Model calls that ended whole. */
      steps: z.int().nonnegative(),
      usage: Usage,
      /** Working time, in ms. */
      workedMs: z.int().nonnegative(),
    }),
  ),
});
