import type { CommandWords, OptionWords, ProgramWords, Value } from "./program-words.ts";

export function fishCompletion({ name, options, commands }: ProgramWords): string {
  const complete = (condition: string, ...rest: string[]): string =>
    ["complete -c", name, "-n", quoted(condition), ...rest].join(" ");
  const lines = [
    `# For ~/.config/fish/completions/${name}.fish, or:  ${name} completion fish | source`,
    `complete -c ${name} -f`,
    ...options.map((option) => complete("__fish_use_subcommand", ...optionWords(option))),
  ];
  for (const command of commands) {
    lines.push(complete("__fish_use_subcommand", "-a", command.name, "-d", quoted(command.summary)));
    const seen = `__fish_seen_subcommand_from ${command.name}`;
    const inner = command.commands.map(({ name: innerName }) => innerName);
    for (const { name: innerName, summary } of command.commands) {
      const first = `${seen}; and not __fish_seen_subcommand_from ${inner.join(" ")}`;
      lines.push(complete(first, "-a", innerName, "-d", quoted(summary)));
    }
    const chosen: [string, CommandWords][] =
      command.commands.length === 0
        ? [[seen, command]]
        : command.commands.map((each) => [`${seen}; and __fish_seen_subcommand_from ${each.name}`, each]);
    for (const [condition, { options: own, values }] of chosen) {
      const offered = values.filter(({ kind }) => kind !== "free");
      lines.push(...own.map((option) => complete(condition, ...optionWords(option))));
      lines.push(...offered.map((value) => complete(condition, ...offer(value))));
    }
  }
  return `${lines.join("\n")}\n`;
}

function optionWords({ short, long, description, value }: OptionWords): string[] {
  return [
    ...(short === null ? [] : ["-s", short.slice(1)]),
    ...(long === null ? [] : ["-l", long.slice(2)]),
    ...(value === null ? [] : ["-r", ...offer(value)]),
    "-d",
    quoted(description),
  ];
}

function offer(value: Value): string[] {
  if (value.kind === "words") return ["-f", "-a", quoted(value.words.join(" "))];
  if (value.kind === "ids") return ["-f", "-a", quoted(idsFrom(value.command))];
  return value.kind === "path" ? ["-F"] : ["-f"];
}

/** @returns the command that fish runs for the ids listed by a command */
function idsFrom(command: string): string {
  const pick = String.raw`'^\{"id":"([0-9a-f-]+)".*' '$1'`;
  return `last (trunkline ${command} --json 2>/dev/null </dev/null | string replace -rf ${pick})`;
}

/** In fish, these two are special within single quotes. */
function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, "\\$&")}'`;
}
