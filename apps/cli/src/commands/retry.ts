import { Command } from "commander";
import { awaiting } from "../terminal/awaiting.ts";
import { connect, hints, type CommandContext } from "./context.ts";
import { describeDetached } from "./detached-hint.ts";
import { findTask } from "./find-id.ts";
import { parseId } from "./option-values.ts";

interface RetryOptions {
  json?: true;
}

export function retryCommand(context: CommandContext): Command {
  return new Command("retry")
    .summary("run a task again")
    .description("Retry an ended task as a new task in its session. The old one is not changed.")
    .argument("[task]", "id of the task, its beginning, or last", parseId("tasks"))
    .option("--json", "print the new task as JSON")
    .action(async (given: string | undefined, options: RetryOptions, command: Command) => {
      const { out, err } = context.terminal;
      const client = connect(context, command);
      const taskId = await findTask(context, client, given);
      const task = await awaiting(err, "Submitting", client.task.retry.mutate({ taskId }));
      await out.write(
        options.json
          ? `${JSON.stringify(task)}\n`
          : describeDetached(
              "Submitted again.",
              { sessionId: task.sessionId, taskId: task.id },
              hints(context),
            ),
      );
    });
}
