import { z } from "zod";
import type { Tool } from "./port.ts";

const AskUserInput = z.strictObject({
  question: z
    .string()
    .trim()
    .min(1)
    .max(4_000)
    .describe("What they read: a question that makes sense by itself"),
});

/** The waiting is the approval's: once the call is executed, somebody has agreed, and the result carries their words. */
export function createAskUserTool(): Tool<z.infer<typeof AskUserInput>> {
  return {
    name: "ask_user",
    description:
      "Asks the user a question and waits for the answer, hours if need be. They agree or decline, and may add words. " +
      "For decisions that are theirs; find out yourself what you can.",
    inputSchema: AskUserInput,
    kind: "other",
    title: ({ question }) => question,
    effects: ["asks"],
    scopeOf: () => null,
    execute: async () => ({ status: "succeeded", output: "They agree." }),
  };
}
