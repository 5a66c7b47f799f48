import { Command } from "commander";
import { awaiting } from "../terminal/awaiting.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { connect, type CommandContext } from "./context.ts";
import { parseId } from "./option-values.ts";
import { readPrompt } from "./prompt-source.ts";

interface EditOptions {
  file?: string;
  json?: true;
}

export function editCommand(context: CommandContext): Command {
  return new Command("edit")
    .summary("change what a queued task is to do")
    .description(
      "Give a task that has not begun another prompt: the words given, the file, and what is piped in where '-' is " +
        "among the words or nothing else is given.",
    )
    .argument("<task>", "id of the task", parseId("tasks"))
    .argument("[prompt...]", "what to do instead")
    .option("-f, --file <path>", "read the prompt from a file")
    .option("--json", "print the task as JSON")
    .action(async (taskId: string, words: string[], options: EditOptions, command: Command) => {
      const { in: stdin, out, err } = context.terminal;
      const prompt = await readPrompt({ words, file: options.file, stdin });
      const editing = connect(context, command).task.edit.mutate({ taskId, prompt });
      const task = await awaiting(err, "changing the task", editing);
      await out.write(options.json ? `${JSON.stringify(task)}\n` : `Now: ${oneLine(task.prompt)}\n`);
    });
}
