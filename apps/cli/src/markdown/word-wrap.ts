import stringWidth from "string-width";
import { withoutSequences } from "../terminal/control-sequences.ts";

/** Longer words are not held back. */
const LIKELY_LENGTH = 24;
/** Longer words, counting combining marks and colours, are not measured. */
const CHARACTERS_PER_COLUMN = 16;

/**
 * Wraps a line while it streams. Printed text is final; a word is held back only if it might not fit. Words longer than
 * a line, and text without spaces, are left to the terminal.
 */
export class WordWrap {
  readonly #width: number;
  /** Columns before the text, on every line. */
  readonly #indent: number;
  #column: number;
  /** Space that does not fit: it matters only if the line does not break. */
  #space = "";
  /** Start of a word that may not fit. */
  #held = "";
  #midWord = false;

  /** @param width columns of the terminal; Infinity: no wrapping */
  constructor(width: number, indent: number) {
    this.#width = width;
    this.#indent = indent;
    this.#column = indent;
  }

  /** @returns what to print now, with a newline at each break */
  write(text: string): string {
    const tokens = (this.#held + text).match(/\s+|\S+/g) ?? [];
    this.#held = "";
    return tokens.map((token, index) => this.#token(token, index === tokens.length - 1)).join("");
  }

  /** Ends the line. @returns what was held back */
  end(): string {
    const rest = this.#held === "" ? "" : this.#word(this.#held);
    this.#held = "";
    this.#space = "";
    return rest;
  }

  #token(token: string, last: boolean): string {
    if (/^\s/.test(token)) {
      this.#midWord = false;
      if (this.#column + token.length > this.#width) {
        this.#space = token;
        return "";
      }
      this.#column += token.length;
      return token;
    }
    if (last && !this.#midWord && this.#mayBreak(token)) {
      this.#held = token;
      return "";
    }
    const shown = this.#word(token);
    this.#midWord = last;
    return shown;
  }

  /** Whether a word with this start may have to go on the next line. */
  #mayBreak(beginning: string): boolean {
    const room = this.#width - this.#column - this.#space.length;
    return room < LIKELY_LENGTH && this.#fitsALine(beginning);
  }

  #word(word: string): string {
    const columns = stringWidth(word);
    const after = this.#column + this.#space.length + columns;
    const space = this.#space;
    this.#space = "";
    if (this.#midWord || after <= this.#width || this.#column === this.#indent || !this.#fitsALine(word)) {
      this.#column = after <= this.#width ? after : after % this.#width;
      return space + word;
    }
    this.#column = this.#indent + columns;
    return `\n${word}`;
  }

  #fitsALine(word: string): boolean {
    if (word.length > this.#width * CHARACTERS_PER_COLUMN) return false;
    const columns = stringWidth(word);
    // Text can be broken anywhere between wide characters.
    const wide = columns > Array.from(withoutSequences(word)).length;
    return columns <= this.#width - this.#indent && !wide;
  }
}
