import { z } from "zod";
import type { Tool } from "./port.ts";

const SubagentInput = z.strictObject({
  title: z.string().trim().min(1).max(200).describe("What it does, in a few words"),
  prompt: z
    .string()
    .trim()
    .min(1)
    .max(50_000)
    .describe("The whole task: it knows nothing of this conversation, and answers with one text"),
  may_change: z
    .boolean()
    .optional()
    .describe("Whether it may change files and run commands; default false: it only reads"),
});

/** The subagent's answer becomes the call's result. */
export function createSubagentTool(): Tool<z.infer<typeof SubagentInput>> {
  return {
    name: "subagent",
    description:
      "Hands a task to another agent, which works in the same workspace with a conversation of its own, and waits for its " +
      "answer. Good for searches and reviews whose reading would fill this conversation. Several that only read, called in " +
      "one step, work at the same time; one that may change something works alone.",
    inputSchema: SubagentInput,
    kind: "other",
    title: ({ title }) => title,
    // What it does needs the approvals that it would need here.
    effects: [],
    subagent: ({ title, prompt, may_change: mayChange = false }) => ({ title, prompt, mayChange }),
    execute: async () => ({ status: "failed", output: "This task can have no subagents" }),
  };
}
