// oxlint-disable no-control-regex -- they are what this file is about
import { SgrState } from "./terminal-colours.ts";

/** Height of the terminal: the cursor can't reach rows above it. */
const HEIGHT = 50;
/** The cursor goes no further right by itself. */
const MAX_COLUMN = 500;

export interface Screen {
  /** The final state, with colours as escape sequences; every line is self-contained. */
  lines: string[];
  /** Whether something was overwritten, erased or moved over. */
  isLossy: boolean;
}

/**
 * Final state of a terminal after a program's output: carriage returns, backspaces, cursor movement and erasure work as
 * on a terminal (ECMA-48; the letters below are its own). Titles, links, images and hidden text are dropped. One pass,
 * constant time per character.
 */
export function screenOf(text: string): Screen {
  const screen = new TerminalScreen();
  const lines = text.split("\n");
  const moves = lines.map((line) => MOVES.test(line));
  /** The next line, from here on, that may go back up to others. */
  let next = moves.indexOf(true);
  for (const [index, line] of lines.entries()) {
    if (next !== -1 && next < index) next = moves.indexOf(true, index);
    if (index > 0) screen.take("\n");
    // What a later line may reach is kept cell by cell; most output is never touched again.
    const isOutOfReach = next === -1 || next > index + HEIGHT;
    const bare = line.endsWith("\r") ? line.slice(0, -1) : line;
    if (isOutOfReach && !SPECIAL.test(bare) && screen.takeFinal(bare)) continue;
    for (const [piece] of line.matchAll(TOKEN)) screen.take(piece);
  }
  return screen.result();
}

const TOKEN =
  /[^\u0000-\u001F\u007F-\u009F]+|\u001B\[[\u0030-\u003F]*[\u0020-\u002F]*[\u0040-\u007E]|\u009B[\u0030-\u003F]*[\u0020-\u002F]*[\u0040-\u007E]|\u001B[\]PX^_][^\u0007\u001B\u009C\n]*(?:\u0007|\u001B\\|\u009C)|\u001B[\u0020-\u002F]*[\u0030-\u007E]|[^]/g;
/** Escapes other than colours may move the cursor to other lines. */
const MOVES = /\u001B(?!\[[\d;]*m)|\u009B/;
/** Controls other than escapes, and marks that join the letter before them. */
// oxlint-disable-next-line no-misleading-character-class -- each of them for itself
const SPECIAL = /[\u0000-\u001A\u001C-\u001F\u007F-\u009F\p{M}\u200D\uFE0E\uFE0F\u{1F3FB}-\u{1F3FF}]/u;
const COLOUR = /\u001B\[([\d;]*)m/;

interface Row {
  /** A character with its combining marks. */
  cells: string[];
  styles: string[];
  /** Text with its colours, of a row that nothing changes any more. */
  final?: string;
}

class TerminalScreen {
  readonly #rows: Row[] = [];
  readonly #style = new SgrState();
  #row = 0;
  #column = 0;
  #isLossy = false;

  take(piece: string): void {
    const code = piece.charCodeAt(0);
    if (code === 0x1b || code === 0x9b) return this.#sequence(piece);
    if (code >= 0x20 && !(code >= 0x7f && code <= 0x9f)) return this.#write(piece);
    if (piece === "\n") {
      this.#column = 0;
      this.#moveTo(this.#row + 1, true);
    } else if (piece === "\r") this.#column = 0;
    else if (piece === "\b") this.#column = Math.max(0, this.#column - 1);
    else if (piece === "\t") this.#write(" ".repeat(8 - (this.#column % 8)));
  }

  /**
   * Takes a line that nothing will change later as it is.
   *
   * @param line text and colours only
   * @returns false: the cursor is within what was written before
   */
  takeFinal(line: string): boolean {
    const row = this.#current();
    if (this.#row !== this.#rows.length - 1 || this.#column > 0 || row.cells.length > 0) return false;
    let shown = "";
    let style = "";
    for (const [index, part] of line.split(COLOUR).entries()) {
      // Every second part is what a colour's escape has in it.
      if (index % 2 === 1) this.#style.apply(part);
      else if (part !== "") {
        const next = this.#style.toString();
        if (next !== style) shown += (style === "" ? "" : "\u001B[0m") + next;
        style = next;
        shown += part;
      }
    }
    row.final = style === "" ? shown : `${shown}\u001B[0m`;
    return true;
  }

  #write(text: string): void {
    const row = this.#current();
    const style = this.#style.toString();
    for (const character of text) {
      const left = row.cells[this.#column - 1];
      if (left !== undefined && COMBINES.test(character)) {
        // Bounded: a hundred combining marks on one letter would cover its neighbours.
        if (left.length < 32) row.cells[this.#column - 1] = left + character;
        continue;
      }
      while (row.cells.length < this.#column) {
        row.cells.push(" ");
        row.styles.push("");
      }
      const before = row.cells[this.#column];
      if (before !== undefined && before !== " " && before !== character) this.#isLossy = true;
      row.cells[this.#column] = character;
      row.styles[this.#column] = style;
      this.#column += 1;
    }
  }

  #current(): Row {
    while (this.#rows.length <= this.#row) this.#rows.push({ cells: [], styles: [] });
    return this.#rows[this.#row] as Row;
  }

  /** @param grows whether rows may be added for it */
  #moveTo(row: number, grows: boolean): void {
    const top = Math.max(0, this.#rows.length - HEIGHT);
    this.#row = Math.max(top, grows ? row : Math.min(row, this.#rows.length - 1));
    this.#current();
  }

  #sequence(piece: string): void {
    const [, parameters = "", final = ""] =
      /^(?:\u001B\[|\u009B)([\d;]*)[\u0020-\u002F]*([A-Za-z])$/.exec(piece) ?? [];
    if (final === "m") return this.#style.apply(parameters);
    const [first = 0, second = 0] = parameters.split(";", 2).map((value) => Math.min(Number(value), 10_000));
    const count = Math.max(1, first);
    switch (final) {
      case "A":
      case "F":
        this.#moveTo(this.#row - count, false);
        if (final === "F") this.#column = 0;
        break;
      case "B":
      case "E":
        this.#moveTo(this.#row + count, false);
        if (final === "E") this.#column = 0;
        break;
      case "C":
        this.#column = Math.max(this.#column, Math.min(MAX_COLUMN, this.#column + count));
        break;
      case "D":
        this.#column = Math.max(0, this.#column - count);
        break;
      case "G":
        this.#column = Math.min(MAX_COLUMN, count - 1);
        break;
      case "H":
      case "f":
        this.#moveTo(Math.max(0, this.#rows.length - HEIGHT) + Math.min(HEIGHT, count) - 1, true);
        this.#column = Math.min(MAX_COLUMN, Math.max(1, second) - 1);
        break;
      case "J":
        this.#erase(first === 0 ? this.#row + 1 : Math.max(0, this.#rows.length - HEIGHT), first);
        break;
      case "K":
        this.#eraseLine(first);
        break;
      default:
    }
  }

  #erase(from: number, mode: number): void {
    if (mode === 0) this.#eraseLine(0);
    for (const row of this.#rows.slice(from, mode === 1 ? this.#row : undefined)) this.#cut(row, 0);
  }

  #eraseLine(mode: number): void {
    const row = this.#current();
    if (mode === 0) return this.#cut(row, this.#column);
    if (mode === 2) return this.#cut(row, 0);
    for (let column = 0; column <= Math.min(this.#column, MAX_COLUMN, row.cells.length - 1); column++) {
      if (row.cells[column] !== " ") this.#isLossy = true;
      row.cells[column] = " ";
      row.styles[column] = "";
    }
  }

  #cut(row: Row, length: number): void {
    if (row.cells.length <= length) return;
    if (row.cells.some((cell, column) => column >= length && cell !== " ")) this.#isLossy = true;
    row.cells.length = length;
    row.styles.length = length;
  }

  result(): Screen {
    const lines = this.#rows.map(lineOf);
    if (lines.at(-1) === "") lines.pop();
    return { lines, isLossy: this.#isLossy };
  }
}

// oxlint-disable-next-line no-misleading-character-class -- each of them for itself
const COMBINES = /^[\p{M}\u200D\uFE0E\uFE0F\u{1F3FB}-\u{1F3FF}]$/u;

function lineOf({ cells, styles, final }: Row): string {
  if (final !== undefined) return final;
  let line = "";
  let style = "";
  for (const [column, cell] of cells.entries()) {
    const next = styles[column] ?? "";
    if (next !== style) line += (style === "" ? "" : "\u001B[0m") + next;
    style = next;
    line += cell;
  }
  return style === "" ? line : `${line}\u001B[0m`;
}
