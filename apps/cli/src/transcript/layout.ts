/** What was printed last; what comes next keeps its distance accordingly. */
type Last = "nothing" | "text" | "row" | "output";

/**
 * Sets text, rows and what rows put out below one another: rows close together, everything else an empty line apart.
 * Each method returns what to print.
 */
export class Layout {
  #last: Last = "nothing";
  #midLine = false;

  /** Text has been printed without the newline that ends it. */
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

  /** More of what belongs to the row before. */
  below(lines: readonly string[]): string {
    const before = this.endLine();
    this.#last = "output";
    return before + lines.map((line) => `${line}\n`).join("");
  }

  /** Lines that stand apart from what is before and after them. */
  paragraph(lines: readonly string[]): string {
    const before = this.endLine() + (this.#last === "nothing" ? "" : "\n");
    this.#last = "output";
    return before + lines.map((line) => `${line}\n`).join("");
  }

  /** Ends the line of running text, so that something else may be written below. */
  endLine(): string {
    if (!this.#midLine) return "";
    this.#midLine = false;
    return "\n";
  }

  /** Ends the line for what somebody else writes; what follows keeps its distance from that. */
  interject(): string {
    const line = this.endLine();
    if (line !== "") this.#last = "output";
    return line;
  }
}
