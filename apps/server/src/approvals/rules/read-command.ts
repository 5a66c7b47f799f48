/**
 * A command line as bash may read it, for rules that ask or deny: those must not miss a command that is put in another way.
 * It need not be exact, as a doubt makes a rule ask. What `plainCommand` reads is exact, and alone can allow.
 */
export interface CommandReading {
  /** Commands whose words are certain, with what stands before the program left out. */
  commands: readonly (readonly string[])[];
  /** All that could be a word of a command: without quotes, taken apart at every operator. */
  mentioned: readonly string[];
  /** Parts are only known when it runs: variables, substitutions, file name patterns. */
  hasExpansions: boolean;
  /** A program's name is one of them. */
  hasUnknownProgram: boolean;
  /** It may contain text that is no command. */
  hasHereDocument: boolean;
}

const OPERATORS = new Set([";", "&", "|", "\n", "(", ")", "{", "}", "<", ">", "`"]);
const EXPANSIONS = /[$`*?[{~]/;
/** Words before a program: reserved ones, and what does not change which program it is. */
const BEFORE_PROGRAM = new Set([
  "if",
  "then",
  "elif",
  "else",
  "while",
  "until",
  "do",
  "!",
  "time",
  "{",
  "command",
  "exec",
  "builtin",
  "nohup",
  "sudo",
  "env",
]);
const ASSIGNMENT = /^[A-Za-z_][A-Za-z0-9_]*\+?=/;

interface ReadWord {
  text: string;
  isCertain: boolean;
}

/** Linear in the length of the text. */
export function readCommand(text: string): CommandReading {
  const commands = split(text).map(withoutPrefix);
  return {
    commands: commands
      .filter((words) => words.every(({ isCertain }) => isCertain))
      .map((words) => words.map((word) => word.text)),
    mentioned: text
      .replaceAll(/\\\n/g, "")
      .replaceAll(/["'\\]/g, "")
      .split(/[\s;&|(){}<>`$=,]+/)
      .filter((word) => word !== ""),
    hasExpansions: EXPANSIONS.test(text),
    hasUnknownProgram: commands.some(([program]) => program !== undefined && !program.isCertain),
    hasHereDocument: text.includes("<<"),
  };
}

function split(text: string): ReadWord[][] {
  const commands: ReadWord[][] = [[]];
  let word: ReadWord | undefined;
  let quote: string | null = null;
  const add = (character: string, isCertain = true): void => {
    const { text: before, isCertain: wasCertain } = word ?? { text: "", isCertain: true };
    word = { text: before + character, isCertain: wasCertain && isCertain };
  };
  const end = (): void => {
    if (word !== undefined) commands.at(-1)?.push(word);
    word = undefined;
  };
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? "";
    if (quote === "'") {
      if (character === "'") quote = null;
      else add(character);
    } else if (character === "\\") {
      index += 1;
      if (text[index] !== "\n") add(text[index] ?? "");
    } else if (quote === '"') {
      if (character === '"') quote = null;
      else add(character, character !== "$" && character !== "`");
    } else if (character === "'" || character === '"') {
      quote = character;
      add("");
    } else if (OPERATORS.has(character)) {
      if (character === "`" || character === "{") add("", false);
      end();
      commands.push([]);
    } else if (/\s/.test(character)) end();
    else add(character, !EXPANSIONS.test(character));
  }
  end();
  return commands.filter((words) => words.length > 0);
}

function withoutPrefix(words: ReadWord[]): ReadWord[] {
  const at = words.findIndex(({ text }) => !ASSIGNMENT.test(text) && !BEFORE_PROGRAM.has(text));
  return at === -1 ? [] : words.slice(at);
}
