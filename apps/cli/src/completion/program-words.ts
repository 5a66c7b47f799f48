import type { Argument, Command, Option } from "commander";

/** What may stand for a value: one of these words, a path, an id that a command lists, or what nobody can guess. */
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
  /** What it takes; null for nothing. */
  value: Value | null;
}

export interface CommandWords {
  name: string;
  /** Of a command that only holds others, such as `token`: those. It takes no values itself. */
  commands: CommandWords[];
  summary: string;
  /** Its own and those of every command. */
  options: OptionWords[];
  /** What it takes beside options, in order. */
  values: Value[];
}

/** All that can be written after a program's name. */
export interface ProgramWords {
  name: string;
  options: OptionWords[];
  commands: CommandWords[];
}

/** Reads off the commands themselves what a shell may offer, so that it offers what there is. */
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

/** What help calls a path is one. */
const PATHS = ["path", "file", "directory"];

/** By the name that help gives an id: the command whose lines of JSON begin with such ids. */
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
