import { isTerminalTaskState } from "@trunkline/contract";
import { Command } from "commander";
import { awaiting } from "../terminal/awaiting.ts";
import { connect, type CommandContext } from "./context.ts";
import { findTask } from "./find-id.ts";
import { parseId } from "./option-values.ts";

interface CancelOptions {
  json?: true;
}

export function cancelCommand(context: CommandContext): Command {
  return new Command("cancel")
    .summary("cancel a task")
    .description("Cancel a queued or running task. A task that has ended stays as it is.")
    .argument("[task]", "id of the task, its beginning, or last", parseId("tasks"))
    .option("--json", "print the task as JSON")
    .action(async (given: string | undefined, options: CancelOptions, command: Command) => {
      const client = connect(context, command);
      const taskId = await findTask(context, client, given);
      const { state: before } = await client.task.get.query({ taskId });
      const { out, err } = context.terminal;
      const canceling = client.task.cancel.mutate({ taskId });
      const task = await awaiting(err, "Waiting for its tools to end", canceling);
      if (options.json) return out.write(`${JSON.stringify(task)}\n`);
      if (isTerminalTaskState(before)) return out.write(`It had already ended: ${before}\n`);
      return out.write(task.state === "canceled" ? "Canceled\n" : "Canceling: its tools are being stopped\n");
    });
}
