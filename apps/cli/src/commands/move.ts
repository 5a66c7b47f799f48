import { Command, Option } from "commander";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { awaiting } from "../terminal/awaiting.ts";
import { explainQueued } from "./explain-queued.ts";
import { connect, type CommandContext } from "./context.ts";
import { findTask } from "./find-id.ts";
import { parseId } from "./option-values.ts";

interface MoveOptions {
  before?: string;
  last?: true;
  json?: true;
}

export function moveCommand(context: CommandContext): Command {
  return new Command("move")
    .summary("reorder the queue")
    .description("Move a task that has not started before another one in its session's queue, or to the end.")
    .argument("<task>", "id of the task, its beginning, or last", parseId("tasks"))
    .option("--before <task>", "put it before this queued task", parseId("tasks"))
    .addOption(new Option("--last", "put it at the end").conflicts("before"))
    .option("--json", "print the task as JSON")
    .action(async (given: string, { before, last, json }: MoveOptions, command: Command) => {
      if (before === undefined && !last) {
        throw new CommandError(EXIT.usage, "Say where to: --before TASK, or --last.");
      }
      const client = connect(context, command);
      const { out, err } = context.terminal;
      const taskId = await findTask(context, client, given);
      const beforeTaskId = before === undefined ? null : await findTask(context, client, before);
      const moving = client.task.move.mutate({ taskId, beforeTaskId }).catch((error: unknown) => {
        throw explainQueued(error, "moved");
      });
      const task = await awaiting(err, "Moving the task", moving);
      await out.write(
        json
          ? `${JSON.stringify(task)}\n`
          : before === undefined
            ? "Moved to the end\n"
            : `Moved before ${beforeTaskId}\n`,
      );
    });
}
