import { plainText } from "./plain-text.ts";

/** Rightmost column for cursor movement; text itself may be longer. */
const MAX_COLUMN = 1_000;

/** Cursor movements in a tool's output: CR, backspace, and the CSI sequences of progress displays. */
// oxlint-disable-next-line no-control-regex
const CURSOR = /\r|\u0008|(?:\u001b\[|\u009b)(\d{0,4})(?:;\d{0,4})*([A-HJKf])/g;

/**
 * Renders a tool's output on a virtual screen, so that only the final state of a progress bar remains.
 *
 * @returns the remaining lines, safe to print; trailing empty lines are dropped
 */
export function screenLines(output: string): string[] {
  const screen = new Screen();
  let at = 0;
  for (const match of output.matchAll(CURSOR)) {
    screen.write(plainText(output.slice(at, match.index)));
    screen.move(match[0], match[1] ?? "", match[2] ?? "");
    at = match.index + match[0].length;
  }
  screen.write(plainText(output.slice(at)));
  return screen.lines();
}

/** A row is one string until something overwrites it. */
type Row = string | string[];

class Screen {
  readonly #rows: Row[] = [""];
  #row = 0;
  #column = 0;

  write(text: string): void {
    const [first = "", ...others] = text.split("\n");
    this.#put(first);
    for (const line of others) {
      this.#down(1);
      this.#column = 0;
      this.#put(line);
    }
  }

  /** @param sequence the control character, or the sequence with its first number and final letter */
  move(sequence: string, number: string, final: string): void {
    const count = Math.min(Number(number) || 1, MAX_COLUMN);
    switch (sequence === "\r" || sequence === "\b" ? sequence : final) {
      case "\r":
        this.#column = 0;
        break;
      case "\b":
      case "D":
        this.#column = Math.max(0, this.#column - count);
        break;
      case "C":
        // Bounded: a few bytes must not ask for megabytes of spaces.
        this.#column = Math.max(this.#column, Math.min(this.#column + count, MAX_COLUMN));
        break;
      case "G":
        this.#column = count - 1;
        break;
      case "A":
        this.#row = Math.max(0, this.#row - count);
        break;
      case "F":
        this.#row = Math.max(0, this.#row - count);
        this.#column = 0;
        break;
      case "B":
        this.#row = Math.min(this.#rows.length - 1, this.#row + count);
        break;
      case "E":
        this.#row = Math.min(this.#rows.length - 1, this.#row + count);
        this.#column = 0;
        break;
      case "K":
        this.#erase(Number(number));
        break;
      default:
      // H, f and J address a whole screen, which stored output does not have.
    }
  }

  lines(): string[] {
    const lines = this.#rows.map((row) =>
      (typeof row === "string" ? row : row.join("")).replaceAll("\t", "  ").trimEnd(),
    );
    while (lines.at(-1) === "") lines.pop();
    return lines;
  }

  #down(count: number): void {
    this.#row += count;
    while (this.#rows.length <= this.#row) this.#rows.push("");
  }

  #put(text: string): void {
    if (text === "") return;
    const row = this.#rows[this.#row] ?? "";
    if (typeof row === "string" && (row === "" || this.#column >= row.length)) {
      this.#rows[this.#row] = row + " ".repeat(this.#column - row.length) + text;
      this.#column += text.length;
      return;
    }
    const cells = this.#cells();
    while (cells.length < this.#column) cells.push(" ");
    for (const character of text) {
      cells[this.#column] = character;
      this.#column += 1;
    }
  }

  /** @param part 0: from the cursor on, 1: up to it, 2: all of it */
  #erase(part: number): void {
    const cells = this.#cells();
    if (part === 2) cells.length = 0;
    // Bounded: otherwise each short sequence costs a long line.
    else if (part === 1) cells.fill(" ", 0, Math.min(this.#column, MAX_COLUMN) + 1);
    else cells.length = Math.min(cells.length, this.#column);
  }

  #cells(): string[] {
    const row = this.#rows[this.#row] ?? "";
    if (typeof row !== "string") return row;
    const cells = Array.from(row);
    this.#rows[this.#row] = cells;
    return cells;
  }
}
