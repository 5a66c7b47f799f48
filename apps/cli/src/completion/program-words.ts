import type { Argument, Command, Option } from "commander";

/** How to complete a value: one of these words, a path, an id listed by a command, or not at all. */
export type Value =
  | { kind: "words"; words: readonly string[] }
  | { kind: "path" }
  | { kind: "ids"; command: string }
  | { kind: "free" };

export interface OptionWords {
  /** One or both ways to write it. */
  short: string | null;
  long: string | null;
  description: string;
  /** Its value; null if it takes none. */
  value: Value | null;
}

export interface CommandWords {
  name: string;
  /** Subcommands of a group such as `token`, which takes no arguments itself. */
  commands: CommandWords[];
  summary: string;
  /** Its own and the global options. */
  options: OptionWords[];
  /** Its arguments, in order. */
  values: Value[];
}

/** Everything that can follow a program's name. */
export interface ProgramWords {
  name: string;
  options: OptionWords[];
  commands: CommandWords[];
}

/** Derives completions from the commands themselves, so that they can't drift apart. */
export function programWords(program: Command): ProgramWords {
  const help = program.createHelp();
  const everywhere = program.options.filter(({ long }) => long !== "--version").map(optionWords);
  const wordsOf = (command: Command): CommandWords => ({
    name: command.name(),
    commands: command.commands.length === 0 ? [] : help.visibleCommands(command).map(wordsOf),
    summary: command.summary() || command.description(),
    options: [...help.visibleOptions(command).map(optionWords), ...everywhere],
    values: command.registeredArguments.map(argumentValue),
  });
  return {
    name: program.name(),
    options: help.visibleOptions(program).map(optionWords),
    commands: help.visibleCommands(program).map(wordsOf),
  };
}

function optionWords(option: Option): OptionWords {
  const placeholder = /[<[]([^\]>]+)[\]>]/.exec(option.flags)?.[1];
  return {
    short: option.short ?? null,
    long: option.long ?? null,
    description: option.description,
    value:
      placeholder === undefined
        ? null
        : valueOf(option.long === "--session" ? "session" : placeholder, option.argChoices),
  };
}

function argumentValue(argument: Argument): Value {
  return valueOf(argument.name(), argument.argChoices);
}

/** Arguments that help calls a path are one. */
const PATHS = ["path", "file", "directory"];

/** Maps the name of an id in help to the command whose JSON lines start with such ids. */
const LISTED_BY: Readonly<Record<string, string>> = {
  session: "sessions",
  task: "tasks",
  approval: "approve",
  question: "answer",
  token: "token list",
};

function valueOf(name: string, choices: readonly string[] | undefined): Value {
  if (choices !== undefined) return { kind: "words", words: choices };
  const command = LISTED_BY[name];
  if (command !== undefined) return { kind: "ids", command };
  return PATHS.includes(name) ? { kind: "path" } : { kind: "free" };
}
