import { Argument, Command } from "commander";
import { bashCompletion } from "../completion/bash.ts";
import { fishCompletion } from "../completion/fish.ts";
import { programWords, type ProgramWords } from "../completion/program-words.ts";
import { zshCompletion } from "../completion/zsh.ts";
import type { CommandContext } from "./context.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;
type Shell = (typeof SHELLS)[number];

const SCRIPTS: Readonly<Record<Shell, (words: ProgramWords) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

export function completionCommand(context: CommandContext): Command {
  return new Command("completion")
    .summary("print a shell completion script")
    .description(
      "Print a script that completes commands, options and ids. Its first lines say where to put it.",
    )
    .addArgument(new Argument("<shell>", "which shell").choices(SHELLS))
    .action(async (shell: Shell, _options: object, command: Command) => {
      await context.terminal.out.write(SCRIPTS[shell](programWords(command.parent ?? command)));
    });
}
