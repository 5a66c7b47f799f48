import { z } from "zod";
import type { Tool } from "./port.ts";

const MAX_ITEMS = 50;

const PlanInput = z.strictObject({
  items: z
    .array(
      z.strictObject({
        text: z.string().trim().min(1).max(500).describe("A step, in a few words"),
        status: z.enum(["pending", "active", "done"]),
      }),
    )
    .max(MAX_ITEMS)
    .describe("All steps in order, the finished ones, too"),
});

export function createPlanTool(): Tool<z.infer<typeof PlanInput>> {
  return {
    name: "plan",
    description:
      "Shows the user your plan as a list of steps, which replaces the one before. Use it for work of several steps: " +
      "before you begin, and whenever a step begins or ends. At most one step is active at a time.",
    inputSchema: PlanInput,
    kind: "think",
    title: ({ items }) => {
      const done = items.filter(({ status }) => status === "done").length;
      return `${done} of ${items.length} steps done`;
    },
    effects: [],
    execute: async ({ items }) => ({ status: "succeeded", output: "The user sees the plan.", plan: items }),
  };
}
