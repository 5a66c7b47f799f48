import { z } from "zod";
import type { Question, Tool } from "./port.ts";

const MAX_OPTIONS = 20;
const MAX_QUESTIONS = 10;

const QUESTION = {
  question: z
    .string()
    .trim()
    .min(1)
    .max(4_000)
    .describe("What they read: a question that makes sense by itself"),
  options: z
    .array(z.string().trim().min(1).max(500))
    .min(2)
    .max(MAX_OPTIONS)
    .optional()
    .describe("Answers to choose from; they can always write their own"),
  multiple: z.boolean().optional().describe("Whether they may choose several options; default false"),
};

const AskUserInput = z
  .strictObject({
    ...QUESTION,
    question: QUESTION.question.optional(),
    questions: z
      .array(z.strictObject(QUESTION))
      .min(1)
      .max(MAX_QUESTIONS)
      .optional()
      .describe("Instead of question: several, asked together"),
  })
  .superRefine(({ question, questions }, context) => {
    if ((question === undefined) !== (questions === undefined)) return;
    context.addIssue({ code: "custom", message: "Give question, or questions" });
  });
type AskUserInput = z.infer<typeof AskUserInput>;

/** The answers become the call's result. */
export function createAskUserTool(): Tool<AskUserInput> {
  return {
    name: "ask_user",
    description:
      "Asks the user a question, or several together, and waits for the answers, hours if need be. They answer with text, or " +
      "choose from options. Use it for decisions that are theirs; find out yourself what you can.",
    inputSchema: AskUserInput,
    kind: "other",
    title: (input) => questionsOf(input)[0]?.text ?? "",
    effects: ["asks"],
    question: questionsOf,
    // Only for calls that an earlier version, without questions, asked about as an approval.
    execute: async () => ({ status: "succeeded", output: "They agree." }),
  };
}

function questionsOf({ question, options, multiple, questions }: AskUserInput): readonly Question[] {
  const all = questions ?? (question === undefined ? [] : [{ question, options, multiple }]);
  return all.map((one) => ({
    text: one.question,
    ...(one.options !== undefined && {
      options: one.options.map((label, index) => ({ id: String(index + 1), label })),
      multiple: one.multiple ?? false,
    }),
  }));
}
