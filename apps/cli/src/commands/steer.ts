import { Command } from "commander";
import { awaiting } from "../terminal/awaiting.ts";
import { connect, type CommandContext } from "./context.ts";
import { explainQueued } from "./explain-queued.ts";
import { findTask } from "./find-id.ts";
import { parseId } from "./option-values.ts";

export function steerCommand(context: CommandContext): Command {
  return new Command("steer")
    .summary("hand a queued prompt to the running task")
    .description(
      "Hand the prompt of a task that has not started to the running task of its session, after its current tool call. " +
        "If that task ends first, the prompt becomes the next task. A new prompt: run --session ID --steer PROMPT.",
    )
    .argument("<task>", "id of the task, its beginning, or last", parseId("tasks"))
    .option("--json", "print the task as JSON")
    .action(async (given: string, { json }: { json?: true }, command: Command) => {
      const client = connect(context, command);
      const { out, err } = context.terminal;
      const taskId = await findTask(context, client, given);
      const steering = client.task.steer.mutate({ taskId }).catch((error: unknown) => {
        throw explainQueued(error, "handed to the running task");
      });
      const task = await awaiting(err, "Sending the message", steering);
      const done =
        task.steers === undefined
          ? "Nothing runs before it: it is the next task"
          : "Goes to the running task";
      await out.write(json ? `${JSON.stringify(task)}\n` : `${done}\n`);
    });
}
