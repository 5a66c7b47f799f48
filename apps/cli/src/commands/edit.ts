import { Command } from "commander";
import { awaiting } from "../terminal/awaiting.ts";
import { fit } from "../terminal/fit.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { connect, type CommandContext } from "./context.ts";
import { findTask } from "./find-id.ts";
import { parseId } from "./option-values.ts";
import { explainQueued } from "./explain-queued.ts";
import { PROMPT_HELP, readPrompt } from "./prompt-source.ts";

interface EditOptions {
  file?: string;
  json?: true;
}

export function editCommand(context: CommandContext): Command {
  return new Command("edit")
    .summary("change a queued task's prompt")
    .description(`Change the prompt of a task that has not started. ${PROMPT_HELP}`)
    .argument("<task>", "id of the task, its beginning, or last", parseId("tasks"))
    .argument("[prompt...]", "the new prompt")
    .option("-f, --file <path>", "read the prompt from a file")
    .option("--json", "print the task as JSON")
    .action(async (given: string, words: string[], options: EditOptions, command: Command) => {
      const { in: stdin, out, err } = context.terminal;
      const notify = (message: string): void => void err.write(`${err.colors.yellow(message)}\n`);
      const prompt = await readPrompt({ words, file: options.file, stdin, notify });
      const client = connect(context, command);
      const taskId = await findTask(context, client, given);
      const editing = client.task.edit.mutate({ taskId, prompt }).catch((error: unknown) => {
        throw explainQueued(error, "edited");
      });
      const task = await awaiting(err, "Editing the task", editing);
      await out.write(
        options.json
          ? `${JSON.stringify(task)}\n`
          : `New prompt: ${fit(oneLine(task.prompt), Math.min(out.width(), 200) - 12)}\n`,
      );
    });
}
