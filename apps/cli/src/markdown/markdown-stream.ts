import stringWidth from "string-width";
import type { Colors } from "../terminal/output.ts";
import { withoutSequences } from "../terminal/control-sequences.ts";
import { setInline } from "./inline-markdown.ts";
import { setTable } from "./set-table.ts";
import { WordWrap } from "./word-wrap.ts";

/** Line starts that do not yet determine the kind of line. */
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

/** A longer start is plain text. */
const MAX_UNDECIDED = 200;
/** A table beyond these sizes is printed as plain lines. */
const MAX_TABLE_ROWS = 500;
const MAX_TABLE_LENGTH = 100_000;

/** State of a line whose start has been printed. */
interface OpenLine {
  paint(text: string): string;
  wrap: WordWrap;
  /** Prefix of continuation lines. */
  lead: string;
}

/**
 * Formats Markdown for a terminal while it streams. Printed text is final; held back are only a mark at the start of a
 * line, a span until its end, a word that may not fit, and a table until its columns are known. Long lines are wrapped
 * between words. Unsupported Markdown passes through unchanged.
 */
export class MarkdownStream {
  readonly #colors: Colors;
  readonly #width: number;
  #held = "";
  /** State of the current line; null at its start. */
  #line: OpenLine | null = null;
  /** Last character printed on the line; empty at its start. */
  #before = "";
  /** Closing fence of the code block; null outside of one. */
  #fence: string | null = null;
  /** Lines starting with a bar, until it is known whether they form a table and how wide its columns are. */
  #table: string[] = [];
  #tableLength = 0;

  /** @param width columns of the terminal; Infinity: no wrapping */
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

  /** Ends the text. @returns what was held back */
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

  /** @param line the rest of a line */
  #whole(line: string): string {
    if (this.#line === null && this.#inTable(line)) {
      this.#table.push(line);
      this.#tableLength += line.length;
      const isLarge = this.#table.length > MAX_TABLE_ROWS || this.#tableLength > MAX_TABLE_LENGTH;
      return isLarge ? this.#endTable() : "";
    }
    return `${this.#endTable()}${this.#part(line, true)}\n`;
  }

  /** @param beginning start of a line, or all of it */
  #inTable(beginning: string): boolean {
    return this.#fence === null && TABLE.test(beginning);
  }

  /** @returns the table that ends here, or its lines if it is none */
  #endTable(): string {
    if (this.#table.length === 0) return "";
    const lines = this.#table;
    this.#table = [];
    this.#tableLength = 0;
    const set = setTable(lines, this.#colors, this.#width) ?? lines.map((line) => this.#part(line, true));
    return set.map((line) => `${line}\n`).join("");
  }

  /** @param whole whether the line ends here */
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
    // The bar of a quote is repeated on each line, the mark of a list item is not.
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

  /** Code is printed immediately, except a line that may close its block. */
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

/** CommonMark 0.31, 4.5: the info string of a backtick fence contains no backticks. */
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
