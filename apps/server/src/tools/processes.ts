import { z } from "zod";
import type { BackgroundProcesses } from "./background/task-processes.ts";
import type { Tool, ToolResult } from "./port.ts";

const MAX_WAIT_SECONDS = 300;

const ProcessesInput = z
  .strictObject({
    action: z.enum(["list", "read", "end"]),
    id: z.string().min(1).max(20).optional().describe("Of the process, such as p1; not for list"),
    waitSeconds: z
      .int()
      .min(1)
      .max(MAX_WAIT_SECONDS)
      .optional()
      .describe("read: waits this long for new output, or for its end; default: no wait"),
    until: z
      .string()
      .min(1)
      .max(500)
      .optional()
      .describe("read: with waitSeconds, waits until it has written this text"),
  })
  .superRefine(({ action, id }, context) => {
    if (action !== "list" && id === undefined) {
      context.addIssue({ code: "custom", path: ["id"], message: "Say which process: its id" });
    }
  });
type ProcessesInput = z.infer<typeof ProcessesInput>;

export function createProcessesTool(processes: BackgroundProcesses): Tool<ProcessesInput> {
  return {
    name: "processes",
    description:
      "Lists the processes that you left running with bash's background, reads what one wrote since you last read, or ends " +
      "one with all that it started. All end when the task ends, or pauses to wait for a person or a limit.",
    inputSchema: ProcessesInput,
    kind: "other",
    title: ({ action, id, until }) =>
      [action, ...(id === undefined ? [] : [id]), ...(until === undefined ? [] : [`until "${until}"`])].join(
        " ",
      ),
    effects: [],
    async execute({ action, id, waitSeconds, until }, { taskId, signal }) {
      const all = processes.of(taskId);
      if (action === "list") {
        return succeeded(all.length === 0 ? NONE : all.map((process) => process.describe()).join("\n"));
      }
      const process = all.find((candidate) => candidate.id === id);
      if (process === undefined) {
        const known = all.length === 0 ? NONE : `The processes are: ${all.map((one) => one.id).join(", ")}`;
        return { status: "failed", output: `There is no process ${id}. ${known}` };
      }
      if (action === "end") await process.end();
      else if (waitSeconds !== undefined) await process.wait({ ms: waitSeconds * 1_000, until, signal });
      return succeeded(process.take());
    },
  };
}

const NONE =
  "No process runs in the background. All end when the task ends, or pauses to wait for a person or a limit";

function succeeded(output: string): ToolResult {
  return { status: "succeeded", output };
}
