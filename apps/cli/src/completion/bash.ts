import type { CommandWords, OptionWords, ProgramWords, Value } from "./program-words.ts";

/** @returns a script for bash 3.2 and later. */
export function bashCompletion({ name, options, commands }: ProgramWords): string {
  const valued = options.filter(({ value }) => value !== null).flatMap(flagsOf);
  const groups = commands.filter((command) => command.commands.length > 0);
  const all = commands.flatMap(withInner);
  return `# For ~/.bashrc:  source <(${name} completion bash)
_${name}() {
  local IFS=$'\\n' current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      ${valued.join("|")}) ((i++)) ;;
      -*) ;;
      *)
        command=\${command:+$command }\${COMP_WORDS[i]}
        case $command in
          ${groups.map((group) => group.name).join("|")}) ;;
          *) break ;;
        esac
        ;;
    esac
  done
  local options='' values='' paths='' ids=''
  case $command in
    '') options=${words(options.flatMap(flagsOf))} values=${words(commands.map((command) => command.name))} ;;
${all.map(commandCase).join("\n")}
  esac
  case $command:$before in
${[...options.map((option) => valueCase("*", option)), ...all.flatMap(ownValueCases)].filter(Boolean).join("\n")}
  esac
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$current"))
  elif [[ $paths ]]; then
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -f -- "$current"))
  elif [[ $ids ]]; then
    local IFS=$' \\t\\n'
    values=$(\${COMP_WORDS[0]} $ids --json 2>/dev/null </dev/null | sed -n 's/^{"id":"\\([0-9a-f-]*\\)".*/\\1/p')
    COMPREPLY=($(compgen -W "last $values" -- "$current"))
  else
    COMPREPLY=($(compgen -W "$values" -- "$current"))
  fi
}
complete -F _${name} ${name}
`;
}

/** A command and its subcommands by their full names: `token create`. */
function withInner(command: CommandWords): CommandWords[] {
  return [command, ...command.commands.map((inner) => ({ ...inner, name: `${command.name} ${inner.name}` }))];
}

function commandCase({ name, options, values, commands }: CommandWords): string {
  const inner: Value = { kind: "words", words: commands.map((command) => command.name) };
  const offered = commands.length > 0 ? offer(inner) : (values.map(offer).find((text) => text !== "") ?? "");
  return `    ${pattern(name)}) options=${words(options.flatMap(flagsOf))}${offered === "" ? "" : ` ${offered}`} ;;`;
}

/** The word before the cursor is an option with a value: complete values only. */
function valueCase(command: string, option: OptionWords): string {
  if (option.value === null) return "";
  const patterns = flagsOf(option).map((flag) => `${pattern(command)}:${flag}`);
  const offered = offer(option.value) || "values='' paths='' ids=''";
  return `    ${patterns.join("|")}) options='' ${offered} ;;`;
}

function ownValueCases({ name, options }: CommandWords): string[] {
  return options.map((option) => valueCase(name, option));
}

/** A name of two words is one pattern. */
function pattern(name: string): string {
  return name.includes(" ") ? `'${name}'` : name;
}

function offer(value: Value): string {
  if (value.kind === "path") return "paths=1";
  if (value.kind === "ids") return `ids='${value.command}' values='' paths=''`;
  return value.kind === "words" ? `values=${words(value.words)} paths='' ids=''` : "";
}

function flagsOf({ short, long }: OptionWords): string[] {
  return [short, long].filter((flag) => flag !== null);
}

/** Words from commander, which contain no quotes. */
function words(list: readonly string[]): string {
  return `$'${list.join("\\n")}'`;
}
