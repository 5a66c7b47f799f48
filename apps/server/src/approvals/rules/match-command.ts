import { basename } from "node:path";
import {
  exactText,
  fits,
  fitsNarrowly,
  isStar,
  patternWords,
  plainCommand,
  type Word,
} from "@trunkline/contract";
import { type CommandReading, readCommand } from "./read-command.ts";

/** Whether a rule's words and a call fit. `maybe`: it can't be told, so somebody should look. */
export type Match = "yes" | "maybe" | "no";

/** Longer ones fit no pattern for certain; whoever wants to allow one has no rule for it. */
const MAX_READ_LENGTH = 8_000;

/** A command to be compared with many patterns. */
export class ReadableCommand {
  readonly #text: string;
  #plain: readonly string[] | null | undefined;
  #reading: CommandReading | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** Whether the pattern says for certain that this, and nothing else, is what runs. */
  fitsForCertain(pattern: string): boolean {
    const exact = exactText(pattern);
    if (exact !== null && exact === this.#text) return true;
    if (this.#text.length > MAX_READ_LENGTH) return false;
    this.#plain ??= plainCommand(this.#text);
    const words = patternWords(pattern);
    // A rule must name the program.
    if (this.#plain === null || words?.[0]?.length !== 1) return false;
    return fitsWords(words, this.#plain, fitsNarrowly);
  }

  /** The same for a rule that asks or denies, and must not be got around by putting a command in another way. */
  mayFit(pattern: string): Match {
    if (this.fitsForCertain(pattern)) return "yes";
    if (this.#text.length > MAX_READ_LENGTH) return "maybe";
    const words = patternWords(pattern) ?? looseWords(pattern);
    const [program = [""]] = words;
    this.#reading ??= readCommand(this.#text);
    const { commands, mentioned, hasExpansions, hasUnknownProgram, hasHereDocument } = this.#reading;
    const isCertain = commands.some(([name = "", ...rest]) =>
      [name, basename(name)].some((known) => fitsWords(words, [known, ...rest], fits)),
    );
    if (isCertain) return hasHereDocument ? "maybe" : "yes";
    if (isMentioned(words, mentioned) || mentioned.some((word) => RUNS_TEXT.has(basename(word))))
      return "maybe";
    if (!hasExpansions) return "no";
    const isNear = mentioned.some((word) => fits(program, basename(word)) || RUNS_OTHERS.has(basename(word)));
    return hasUnknownProgram || isNear ? "maybe" : "no";
  }
}

/** Programs that run text as commands, which can't be read here. */
const RUNS_TEXT = new Set([
  "sh",
  "bash",
  "dash",
  "zsh",
  "ksh",
  "fish",
  "busybox",
  "eval",
  "source",
  ".",
  "alias",
]);
/** Programs that run the command in their arguments. */
const RUNS_OTHERS = new Set(
  "xargs parallel find env sudo doas nice nohup timeout time watch setsid stdbuf chroot unshare nsenter ssh command exec builtin trap".split(
    " ",
  ),
);

function fitsWords(
  pattern: readonly Word[],
  words: readonly string[],
  fitsWord: (word: Word, text: string) => boolean,
): boolean {
  const isOpen = isStar(pattern.at(-1));
  const fixed = isOpen ? pattern.slice(0, -1) : pattern;
  if (isOpen ? words.length < fixed.length : words.length !== fixed.length) return false;
  return fixed.every((word, index) => fitsWord(word, words[index] ?? ""));
}

/** Whether the pattern's own words are mentioned, in their order. */
function isMentioned(pattern: readonly Word[], mentioned: readonly string[]): boolean {
  const wanted = pattern.filter((word) => !isStar(word));
  let at = 0;
  for (const text of mentioned) {
    const word = wanted[at];
    if (word === undefined) break;
    if (fits(word, text) || (at === 0 && fits(word, basename(text)))) at += 1;
  }
  return wanted.length > 0 && at === wanted.length;
}

/** Of a pattern that is no plain command. */
function looseWords(pattern: string): Word[] {
  return readCommand(pattern).mentioned.map((word) => word.split("*"));
}
