import { Command } from "commander";
import { awaiting } from "../terminal/awaiting.ts";
import { connect, hints, type CommandContext } from "./context.ts";
import { describeDetached } from "./detached-hint.ts";
import { findTask } from "./find-id.ts";
import { parseId } from "./option-values.ts";

interface ResumeOptions {
  json?: true;
}

export function resumeCommand(context: CommandContext): Command {
  return new Command("resume")
    .summary("try a rate-limited task now")
    .description(
      "Resume a task that waits for its provider's rate limit, without waiting any longer. It resumes by itself once " +
        "the limit has reset.",
    )
    .argument("[task]", "id of the task, its beginning, or last", parseId("tasks"))
    .option("--json", "print the task as JSON")
    .action(async (given: string | undefined, options: ResumeOptions, command: Command) => {
      const { out, err } = context.terminal;
      const client = connect(context, command);
      const taskId = await findTask(context, client, given);
      const task = await awaiting(err, "Resuming", client.task.resume.mutate({ taskId }));
      if (options.json) {
        await out.write(`${JSON.stringify(task)}\n`);
        return;
      }
      const goesOn =
        task.state === "working" || (task.state === "input-required" && task.reason === "queued");
      await out.write(
        goesOn
          ? describeDetached("Resumed.", { sessionId: task.sessionId, taskId: task.id }, hints(context))
          : `Nothing to resume: the task is ${task.state}.\n`,
      );
    });
}
