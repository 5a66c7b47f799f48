/**
 * A command line as words, where that is certain: no operators, expansions, redirections or line breaks, nothing that
 * bash could read in another way. Whatever is not certain is null, so that a rule can't allow it.
 */

/** Literal text; between two parts of a pattern's word stands a `*`. */
export type Word = readonly string[];

/** Characters without a meaning to bash, outside of quotes. */
const PLAIN = /^[A-Za-z0-9_@%+=:,./-]$/;
/** What has a meaning within double quotes. */
const LIVE_IN_QUOTES = new Set(["$", "`", "\\", "!"]);
/** Control and format characters, halves of characters, line separators: what is read is not what is run. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/u;

/** @returns the words of a plain command; null if it is anything else. */
export function plainCommand(text: string): string[] | null {
  const words = lex(text, false);
  return words === null ? null : words.map((word) => word.join(""));
}

/** The same for a pattern, where `*` is a wildcard outside of quotes, `\*` a star, and `\\` a backslash. */
export function patternWords(pattern: string): Word[] | null {
  return lex(pattern, true);
}

/** @returns the pattern that matches exactly this text. */
export function exactPattern(text: string): string {
  return text.replaceAll(/[\\*]/g, (character) => `\\${character}`);
}

/** @returns the text that a pattern without wildcards stands for; null if it has one. */
export function exactText(pattern: string): string | null {
  let text = "";
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern[index] ?? "";
    const next = pattern[index + 1];
    if (character === "*") return null;
    if (character === "\\" && (next === "*" || next === "\\")) {
      text += next;
      index += 1;
    } else text += character;
  }
  return text;
}

function lex(given: string, isPattern: boolean): Word[] | null {
  // Of bash's own separators alone: others would be part of a word.
  const text = given.replaceAll(/^[ \t\n]+|[ \t\n]+$/g, "");
  if (text === "" || INVISIBLE.test(text.replaceAll("\t", " "))) return null;
  const words: Word[] = [];
  let word: string[] = [];
  let quote: "'" | '"' | null = null;
  const add = (character: string): void => {
    word.push(`${word.pop() ?? ""}${character}`);
  };
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? "";
    const next = text[index + 1];
    if (isPattern && character === "\\" && (next === "*" || next === "\\")) {
      if (next === "\\" && quote === null) return null;
      add(next);
      index += 1;
    } else if (quote !== null) {
      if (character === quote) quote = null;
      else if (quote === '"' && LIVE_IN_QUOTES.has(character)) return null;
      else add(character);
    } else if (character === "'" || character === '"') {
      quote = character;
      add("");
    } else if (character === " " || character === "\t") {
      if (word.length > 0) words.push(word);
      word = [];
    } else if (isPattern && character === "*") {
      add("");
      word.push("");
    } else if (PLAIN.test(character)) add(character);
    else return null;
  }
  if (quote !== null) return null;
  if (word.length > 0) words.push(word);
  const [program = []] = words;
  const name = program.join("");
  // An assignment, or nothing to run.
  return name === "" || name.includes("=") ? null : words;
}

/**
 * Whether a pattern's word fits a word, so narrowly that it can allow it: a `*` stands for no `/`, leads through no `..`,
 * and begins no option.
 */
export function fitsNarrowly(word: Word, text: string): boolean {
  if (word.length === 1) return word[0] === text;
  const literal = word.join("");
  if (slashes(literal) !== slashes(text) || text.split("/").includes("..")) return false;
  if (word[0] === "" && text.startsWith("-")) return false;
  return fits(word, text);
}

/** Whether the parts are in the text, in order, from its beginning to its end. Linear: the first place is as good as any. */
export function fits(word: Word, text: string): boolean {
  const [first = "", ...rest] = word;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (text.length < first.length + last.length) return false;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found === -1 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

function slashes(text: string): number {
  return text.split("/").length;
}

/** Whether the word is a `*` alone. */
export function isStar(word: Word | undefined): boolean {
  return word !== undefined && word.length > 1 && word.every((part) => part === "");
}
