import { Command, Option } from "commander";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { awaiting } from "../terminal/awaiting.ts";
import { connect, type CommandContext } from "./context.ts";
import { parseId } from "./option-values.ts";

interface MoveOptions {
  before?: string;
  last?: true;
  json?: true;
}

export function moveCommand(context: CommandContext): Command {
  return new Command("move")
    .summary("change a queued task's turn")
    .description("Let a task that has not begun go before another one of its session's queue, or last.")
    .argument("<task>", "id of the task", parseId("tasks"))
    .option("--before <task>", "id of the queued task that it goes before", parseId("tasks"))
    .addOption(new Option("--last", "let it go last").conflicts("before"))
    .option("--json", "print the task as JSON")
    .action(async (taskId: string, { before, last, json }: MoveOptions, command: Command) => {
      if (before === undefined && !last) {
        throw new CommandError(EXIT.usage, "Say where it goes: --before another task, or --last");
      }
      const client = connect(context, command);
      const { out, err } = context.terminal;
      const moving = client.task.move.mutate({ taskId, beforeTaskId: before ?? null });
      const task = await awaiting(err, "moving the task", moving);
      await out.write(
        json
          ? `${JSON.stringify(task)}\n`
          : before === undefined
            ? "It goes last\n"
            : `It goes before ${before}\n`,
      );
    });
}
