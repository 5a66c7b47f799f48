import type { CommandWords, OptionWords, ProgramWords, Value } from "./program-words.ts";

/** @returns a script that works both sourced and as `_NAME` in a directory of `fpath`. */
export function zshCompletion({ name, options, commands }: ProgramWords): string {
  return `#compdef ${name}
# For ~/.zshrc, after compinit:  source <(${name} completion zsh)
_${name}() {
  local curcontext=$curcontext state line
  typeset -A opt_args
${indented(choice(options, commands), 2)}
}
if [[ $funcstack[1] == _${name} ]]; then _${name} "$@"; else compdef _${name} ${name}; fi
`;
}

/** One of these commands, then its arguments. */
function choice(options: readonly OptionWords[], commands: readonly CommandWords[]): string {
  return `state=
_arguments -C ${options.flatMap(optionSpecs).join(" \\\n  ")} \\
  '1:command:->command' '*::argument:->argument'
case $state in
command)
  local -a commands=(
${indented(commands.map((command) => quoted(`${command.name}:${command.summary}`)).join("\n"), 4)}
  )
  _describe command commands
  ;;
argument)
  case $words[1] in
${indented(commands.map(commandCase).join("\n"), 4)}
  esac
  ;;
esac`;
}

function commandCase(command: CommandWords): string {
  return `${command.name})\n${indented(argumentsOf(command), 2)}\n  ;;`;
}

function argumentsOf({ options, values, commands }: CommandWords): string {
  if (commands.length > 0) return choice(options, commands);
  return `_arguments ${[...options.flatMap(optionSpecs), ...values.map(valueSpec)].join(" \\\n  ")}`;
}

function indented(text: string, columns: number): string {
  return text.replaceAll(/^(?=.)/gm, " ".repeat(columns));
}

/** `*` allows repetition; if that is wrong, the command reports it. */
function optionSpecs({ short, long, description, value }: OptionWords): string[] {
  const explanation = `[${description.replaceAll(/[[\]\\]/g, "\\$&")}]`;
  return [short, long]
    .filter((flag) => flag !== null)
    .map((flag) => quoted(`*${flag}${explanation}${value === null ? "" : `:value:${action(value)}`}`));
}

/** A command's last argument may be repeated; offering another path does no harm. */
function valueSpec(value: Value, index: number): string {
  return quoted(`${index + 1}:value:${action(value)}`);
}

function action(value: Value): string {
  if (value.kind === "words") return `(${value.words.join(" ")})`;
  if (value.kind === "ids") return "(last)";
  return value.kind === "path" ? "_files" : "";
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
