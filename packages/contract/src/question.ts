import { z } from "zod";
import { FormValue, QuestionAnswer, QuestionForm, QuestionOption } from "./form.ts";
import { DEFAULT_PAGE_SIZE, MAX_ANSWER_LENGTH, MAX_PAGE_SIZE } from "./limits.ts";
import { Id, PageCursor, Timestamp } from "./primitives.ts";

/** State of a question: open, answered, expired, or withdrawn because its task ended. */
export const QuestionState = z.enum(["open", "answered", "expired", "canceled"]);
export type QuestionState = z.infer<typeof QuestionState>;

/** A question that the agent asked the user; the task waits for the answer. */
export const Question = z.strictObject({
  id: Id,
  sessionId: Id,
  /** The task that waits. */
  taskId: Id,
  /** The call that asks. */
  callId: z.string(),
  /** What the agent wants to know. */
  text: z.string(),
  /** Answers to choose from; null: free text only. */
  options: z.array(QuestionOption).nullable(),
  /** Whether several options may be chosen. */
  multiple: z.boolean(),
  /** What an MCP server asks for; null: the agent asks. */
  form: QuestionForm.nullable(),
  state: QuestionState,
  createdAt: Timestamp,
  /** When the agent continues without an answer; ms since the epoch. Null: never. */
  expiresAt: Timestamp.nullable(),
  /** Who answered. */
  answeredBy: z.string().nullable(),
  /** When it was answered, or closed without an answer; ms since the epoch. */
  answeredAt: Timestamp.nullable(),
  answer: QuestionAnswer.nullable(),
});
export type Question = z.infer<typeof Question>;

export const ListQuestionsInput = z.strictObject({
  /** Only those of this session. */
  sessionId: Id.optional(),
  cursor: PageCursor.optional(),
  /** Maximum number of items. */
  limit: z.int().min(1).max(MAX_PAGE_SIZE).default(DEFAULT_PAGE_SIZE),
});
export type ListQuestionsInput = z.infer<typeof ListQuestionsInput>;

/** Newest first. */
export const QuestionPage = z.strictObject({
  items: z.array(Question),
  /** Pass it as `cursor` to get the next page; null on the last page. */
  nextCursor: PageCursor.nullable(),
});
export type QuestionPage = z.infer<typeof QuestionPage>;

export const AnswerQuestionInput = z.strictObject({
  questionId: Id,
  /** Text, options, or both; to a form: its values, or that it is declined. */
  answer: z
    .strictObject({
      text: z.string().trim().min(1).max(MAX_ANSWER_LENGTH).optional(),
      /** Ids of the chosen options: one, unless the question allows several. */
      options: z.array(QuestionOption.shape.id).min(1).max(50).optional(),
      /** Of a form's fields, by name. */
      values: z.record(z.string().max(200), FormValue).optional(),
      /** The user does not want to give what a form asks for. */
      declined: z.literal(true).optional(),
    })
    .refine(
      ({ text, options, values, declined }) => {
        const kinds = [text !== undefined || options !== undefined, values !== undefined, declined];
        return kinds.filter((given) => given === true).length === 1;
      },
      { message: "Give a text, options, or both; or the values of a form; or decline it" },
    ),
});
export type AnswerQuestionInput = z.infer<typeof AnswerQuestionInput>;
