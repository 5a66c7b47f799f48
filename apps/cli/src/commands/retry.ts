import { Command } from "commander";
import { awaiting } from "../terminal/awaiting.ts";
import { connect, type CommandContext } from "./context.ts";
import { describeDetached } from "./detached-hint.ts";
import { parseId } from "./option-values.ts";

interface RetryOptions {
  json?: true;
}

export function retryCommand(context: CommandContext): Command {
  return new Command("retry")
    .summary("do a task again that has ended")
    .description(
      "Submit a task that has ended once more, as a new task of its session; the old one stays as it is.",
    )
    .argument("<task>", "id of the task", parseId("tasks"))
    .option("--json", "print the new task as JSON")
    .action(async (taskId: string, options: RetryOptions, command: Command) => {
      const { out, err } = context.terminal;
      const submitting = connect(context, command).task.retry.mutate({ taskId });
      const task = await awaiting(err, "submitting", submitting);
      await out.write(
        options.json
          ? `${JSON.stringify(task)}\n`
          : describeDetached("Submitted again.", { sessionId: task.sessionId, taskId: task.id }),
      );
    });
}
