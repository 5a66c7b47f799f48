/** Something that can be done from the message box by typing `/`. */
export interface Command {
  name: string;
  does: string;
  /** What to choose from; absent: it is done at once. */
  options?: readonly CommandOption[];
  run?: () => void;
}

export interface Commands {
  commands: readonly Command[];
  /** Whether there may be more: some are not known yet. */
  isLoading: boolean;
}

export interface CommandOption {
  label: string;
  /** It is what holds now. */
  isCurrent: boolean;
  run: () => void;
}

/** A row of the list under the message. */
export interface Choice {
  key: string;
  label: string;
  detail: string;
  icon: "command" | "file" | "folder";
  /** Puts this in place of what was typed; absent: it is done, and what was typed is removed. */
  text?: string;
  run?: () => void;
}

/** `/mo` finds commands, `/model fa` finds options of one. */
export function commandChoices(commands: readonly Command[], query: string): Choice[] {
  const [, name = "", space, rest = ""] = /^(\S*)(\s+)?(.*)$/su.exec(query) ?? [];
  const wanted = name.toLowerCase();
  if (space === undefined) {
    return commands
      .filter((command) => command.name.startsWith(wanted))
      .map(({ name: full, does, options, run }) => ({
        key: full,
        label: `/${full}`,
        detail: does,
        icon: "command",
        ...(options === undefined ? { run } : { text: `/${full} ` }),
      }));
  }
  const options = commands.find((command) => command.name === wanted)?.options ?? [];
  return options
    .filter(({ label }) => label.toLowerCase().includes(rest.trim().toLowerCase()))
    .map(({ label, isCurrent, run }) => ({
      key: label,
      label,
      detail: isCurrent ? "Current" : "",
      icon: "command",
      run,
    }));
}
