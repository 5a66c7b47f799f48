/** What was printed last, which determines the spacing of what comes next. */
type Last = "nothing" | "text" | "row" | "output";

/**
 * Spaces text, rows and their output: rows close together, everything else separated by an empty line. Each method
 * returns what to print.
 */
export class Layout {
  #last: Last = "nothing";
  #midLine = false;

  /** Text without its final newline has been printed. */
  get midLine(): boolean {
    return this.#midLine;
  }

  /** The next piece of running text. */
  text(piece: string): string {
    if (piece === "") return "";
    const distance = this.#last === "nothing" || this.#midLine ? "" : "\n";
    this.#last = "text";
    this.#midLine = true;
    return distance + piece;
  }

  /** Rows, and what belongs below the last of them. */
  rows(rows: readonly string[], below: readonly string[] = []): string {
    if (rows.length + below.length === 0) return "";
    const apart = this.#last === "text" || this.#last === "output";
    const before = this.endLine() + (apart ? "\n" : "");
    this.#last = below.length > 0 ? "output" : "row";
    return before + [...rows, ...below].map((line) => `${line}\n`).join("");
  }

  /** More output of the last row. */
  below(lines: readonly string[]): string {
    const before = this.endLine();
    this.#last = "output";
    return before + lines.map((line) => `${line}\n`).join("");
  }

  /** Lines separated from what is before and after. */
  paragraph(lines: readonly string[]): string {
    const before = this.endLine() + (this.#last === "nothing" ? "" : "\n");
    this.#last = "output";
    return before + lines.map((line) => `${line}\n`).join("");
  }

  /** Ends the line of running text, so that something else can be printed below. */
  endLine(): string {
    if (!this.#midLine) return "";
    this.#midLine = false;
    return "\n";
  }

  /** Ends the line for other output; what follows is separated from it. */
  interject(): string {
    const line = this.endLine();
    if (line !== "") this.#last = "output";
    return line;
  }
}
