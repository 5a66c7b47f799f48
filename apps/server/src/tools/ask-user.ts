import { z } from "zod";
import type { Tool } from "./port.ts";

const MAX_OPTIONS = 20;

const AskUserInput = z.strictObject({
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
});

/** The answer becomes the call's result. */
export function createAskUserTool(): Tool<z.infer<typeof AskUserInput>> {
  return {
    name: "ask_user",
    description:
      "Asks the user a question and waits for the answer, hours if need be. They answer with text, or choose from options. " +
      "Use it for decisions that are theirs; find out yourself what you can.",
    inputSchema: AskUserInput,
    kind: "other",
    title: ({ question }) => question,
    effects: ["asks"],
    scopeOf: () => null,
    question: ({ question, options, multiple }) => ({
      text: question,
      ...(options !== undefined && {
        options: options.map((label, index) => ({ id: String(index + 1), label })),
        multiple: multiple ?? false,
      }),
    }),
    // Only for calls that an earlier version, without questions, asked about as an approval.
    execute: async () => ({ status: "succeeded", output: "They agree." }),
  };
}
