import stringWidth from "string-width";
import type { Colors } from "../terminal/output.ts";
import { withoutSequences } from "../terminal/control-sequences.ts";
import { setInline } from "./inline-markdown.ts";
import { setTable } from "./set-table.ts";
import { WordWrap } from "./word-wrap.ts";

/** Beginnings of lines that do not yet tell what the line is. */
const UNDECIDED = [
  /^\s*$/,
  /^ {0,3}#{1,6} *$/,
  /^ {0,3}[> ]+$/,
  /^\s*[-+*] *(\[([ xX](\] *)?)?)?$/,
  /^\s*\d{1,9}[.)]? *$/,
  /^ {0,3}([-*_])( *\1)* *$/,
  /^ {0,3}(`{1,2}|~{1,2})$/,
];
const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const RULE = /^ {0,3}([-*_])(?: *\1){2,} *$/;
const HEADING = /^ {0,3}(#{1,6}) +/;
const BULLET = /^(\s*)[-+*] +(?:\[([ xX])\] )?/;
const NUMBER = /^(\s*)(\d{1,9}[.)]) +/;
const QUOTE = /^ {0,3}((?:> ?)+)/;
const TABLE = /^ {0,3}\|/;

/** A beginning longer than this is text, whatever may follow. */
const MAX_UNDECIDED = 200;
/** A table that grows past these is shown as its lines. */
const MAX_TABLE_ROWS = 500;
const MAX_TABLE_LENGTH = 100_000;

/** How the rest of a line is set whose beginning is printed. */
interface OpenLine {
  paint(text: string): string;
  wrap: WordWrap;
  /** What stands before the text where it goes on on another line. */
  lead: string;
}

/**
 * Sets Markdown for a terminal while it streams. What has been printed stays; held back are only the mark at a line's
 * beginning, a span until its end, a word that may not fit, and a table until its columns are known. Lines stay lines,
 * broken between words where they are too long for the terminal. Markdown that it does not know comes out unchanged.
 */
export class MarkdownStream {
  readonly #colors: Colors;
  readonly #width: number;
  #held = "";
  /** The line's beginning is printed, and how the rest of it is set is known; null at a line's beginning. */
  #line: OpenLine | null = null;
  /** The last character that is printed of the line; empty at its beginning. */
  #before = "";
  /** The marks that close the block of code; null outside of one. */
  #fence: string | null = null;
  /** Lines that begin with a bar, until it is clear whether they make a table, and how wide its columns are. */
  #table: string[] = [];
  #tableLength = 0;

  /** @param width columns of the terminal; Infinity where lines may be of any length */
  constructor(colors: Colors, width: number) {
    this.#colors = colors;
    this.#width = width;
  }

  /** @returns what to print now */
  write(piece: string): string {
    const lines = piece.split("\n");
    lines[0] = this.#held + (lines[0] ?? "");
    this.#held = "";
    const last = lines.pop() ?? "";
    return lines.map((line) => this.#whole(line)).join("") + this.#part(last, false);
  }

  /** The text ends here. @returns what was held back */
  end(): string {
    const rest = this.#held;
    this.#held = "";
    const begun = this.#line !== null;
    if (!begun && this.#inTable(rest)) {
      this.#table.push(rest);
      return this.#endTable().replace(/\n$/, "");
    }
    return this.#endTable() + this.#part(rest, true);
  }

  /** @param line what is left of a line */
  #whole(line: string): string {
    if (this.#line === null && this.#inTable(line)) {
      this.#table.push(line);
      this.#tableLength += line.length;
      const isLarge = this.#table.length > MAX_TABLE_ROWS || this.#tableLength > MAX_TABLE_LENGTH;
      return isLarge ? this.#endTable() : "";
    }
    return `${this.#endTable()}${this.#part(line, true)}\n`;
  }

  /** @param beginning of a line, or all of it */
  #inTable(beginning: string): boolean {
    return this.#fence === null && TABLE.test(beginning);
  }

  /** @returns the table that ends here, or the lines that turn out to be none */
  #endTable(): string {
    if (this.#table.length === 0) return "";
    const lines = this.#table;
    this.#table = [];
    this.#tableLength = 0;
    const set = setTable(lines, this.#colors, this.#width) ?? lines.map((line) => this.#part(line, true));
    return set.map((line) => `${line}\n`).join("");
  }

  /** @param whole whether the line ends with it */
  #part(text: string, whole: boolean): string {
    if (this.#fence !== null) return this.#code(text, whole);
    let shown = "";
    let rest = text;
    if (this.#line === null) {
      if (!whole && this.#isUndecided(text)) return this.#hold(text);
      if (!whole) shown = this.#endTable();
      const block = this.#begin(text, whole);
      shown += block.shown;
      rest = block.rest;
      this.#line = this.#open(block, TABLE.test(text));
    }
    const line = this.#line;
    const inline = setInline({ text: rest, before: this.#before, whole }, this.#colors);
    this.#before = whole ? "" : (rest.slice(0, rest.length - inline.held.length).at(-1) ?? this.#before);
    shown += setLines(line.wrap.write(inline.shown) + (whole ? line.wrap.end() : ""), line);
    if (whole) this.#line = null;
    else this.#hold(inline.held);
    return shown;
  }

  #open({ shown, paint }: { shown: string; paint: OpenLine["paint"] }, rigid: boolean): OpenLine {
    const indent = stringWidth(shown);
    // The bar of a quote stands before each of its lines, the mark of an item before its first.
    const lead = withoutSequences(shown).startsWith("│") ? shown : " ".repeat(indent);
    return { paint, lead, wrap: new WordWrap(rigid ? Number.POSITIVE_INFINITY : this.#width, indent) };
  }

  #isUndecided(beginning: string): boolean {
    if (beginning.length > MAX_UNDECIDED)
      return this.#inTable(beginning) && beginning.length < MAX_TABLE_LENGTH;
    return (
      this.#inTable(beginning) ||
      fenceOf(beginning) !== null ||
      UNDECIDED.some((each) => each.test(beginning))
    );
  }

  #hold(text: string): string {
    this.#held = text;
    return "";
  }

  #begin(text: string, whole: boolean): { shown: string; rest: string; paint: (text: string) => string } {
    const { dim, bold, underline } = this.#colors;
    const plain = (part: string): string => part;
    const fence = fenceOf(text);
    if (fence !== null && whole) {
      this.#fence = fence;
      return { shown: dim(text), rest: "", paint: plain };
    }
    if (RULE.test(text)) return { shown: dim("─".repeat(3)), rest: "", paint: plain };
    const heading = HEADING.exec(text);
    if (heading !== null) {
      const paint = heading[1] === "#" ? (part: string) => bold(underline(part)) : bold;
      return { shown: "", rest: text.slice(heading[0].length), paint };
    }
    const bullet = BULLET.exec(text);
    if (bullet !== null) {
      const box = bullet[2] === undefined ? "" : bullet[2] === " " ? "☐ " : "☑ ";
      const mark = box === "" ? "• " : box;
      return { shown: `${bullet[1]}${dim(mark)}`, rest: text.slice(bullet[0].length), paint: plain };
    }
    const number = NUMBER.exec(text);
    if (number !== null) {
      return {
        shown: `${number[1]}${dim(`${number[2]} `)}`,
        rest: text.slice(number[0].length),
        paint: plain,
      };
    }
    const quote = QUOTE.exec(text);
    if (quote !== null) {
      const depth = quote[1]?.replaceAll(" ", "").length ?? 1;
      return { shown: dim("│ ".repeat(depth)), rest: text.slice(quote[0].length), paint: dim };
    }
    return { shown: "", rest: text, paint: plain };
  }

  /** Code is shown as it comes, but for a line that may close its block. */
  #code(text: string, whole: boolean): string {
    const { dim } = this.#colors;
    const fence = this.#fence ?? "";
    const mark = fence.charAt(0);
    if (this.#line === null) {
      const mayClose = new RegExp(String.raw`^ {0,3}${mark}*\s*$`).test(text);
      if (!whole && mayClose && text.length <= MAX_UNDECIDED) return this.#hold(text);
      if (mayClose && text.trim().length >= fence.length && text.trim().startsWith(fence)) {
        this.#fence = null;
        return dim(text);
      }
    }
    this.#line = whole ? null : this.#open({ shown: "", paint: (part) => part }, true);
    return text;
  }
}

/** CommonMark 0.31, 4.5: behind an opening fence of backticks stands no other backtick. */
function fenceOf(line: string): string | null {
  const [opening, fence] = FENCE.exec(line) ?? [];
  if (opening === undefined || fence === undefined) return null;
  return fence.startsWith("`") && line.includes("`", opening.length) ? null : fence;
}

function setLines(text: string, { paint, lead }: OpenLine): string {
  return text
    .split("\n")
    .map((line) => (line === "" ? "" : paint(line)))
    .join(`\n${lead}`);
}
