import { isTerminalTaskState } from "@trunkline/contract";
import { Command } from "commander";
import { connect, type CommandContext } from "./context.ts";

interface CancelOptions {
  json?: true;
}

export function cancelCommand(context: CommandContext): Command {
  return new Command("cancel")
    .summary("cancel a task")
    .description("Cancel a task, queued or running. One that has ended stays as it is.")
    .argument("<task>", "id of the task")
    .option("--json", "print the task as JSON")
    .action(async (taskId: string, options: CancelOptions, command: Command) => {
      const client = connect(context, command);
      const { state: before } = await client.task.get.query({ taskId });
      const task = await client.task.cancel.mutate({ taskId });
      const { out } = context.terminal;
      if (options.json) return out.write(`${JSON.stringify(task)}\n`);
      if (isTerminalTaskState(before)) return out.write(`It had ended before: ${before}\n`);
      return out.write(
        task.state === "canceled" ? "Canceled\n" : "Being canceled: its tools are asked to stop\n",
      );
    });
}
