/** A line of a diff; `note` is about the file's end, or why there are no lines. */
export interface DiffLine {
  kind: "context" | "added" | "deleted" | "hunk" | "note";
  /** Line number before; null if there was no such line. */
  before: number | null;
  /** Line number after; null if there is no such line. */
  after: number | null;
  text: string;
}

/** `@@ -12,7 +12,9 @@ where it is` */
const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)$/;

/** Reads one file's diff as git prints it, a piece at a time: a long one must not hold up the page. */
export class DiffParser {
  /**
   * What comes before the first hunk is not among them, except that the file is binary. Grows as more is parsed.
   */
  readonly lines: DiffLine[] = [];
  readonly #diff: string;
  #at = 0;
  #before = 0;
  #after = 0;
  #beforeLeft = 0;
  #afterLeft = 0;

  constructor(diff: string) {
    this.#diff = diff;
  }

  /** @returns whether it has reached the end. */
  parse(maxLines: number): boolean {
    for (let count = 0; count < maxLines && this.#at < this.#diff.length; count += 1) {
      const found = this.#diff.indexOf("\n", this.#at);
      const end = found === -1 ? this.#diff.length : found;
      this.#line(this.#diff.slice(this.#at, end));
      this.#at = end + 1;
    }
    return this.#at >= this.#diff.length;
  }

  #line(line: string): void {
    const [sign] = line;
    // Within a hunk a line's sign decides, whatever follows it: a deleted `-- a` is no header.
    if (this.#beforeLeft > 0 || this.#afterLeft > 0 || sign === "\\") this.#inHunk(line, sign);
    else this.#betweenHunks(line);
  }

  #inHunk(line: string, sign: string | undefined): void {
    const text = line.endsWith("\r") ? `${line.slice(1, -1)}⟨CR⟩` : line.slice(1);
    if (sign === "+") {
      this.lines.push({ kind: "added", before: null, after: this.#after++, text });
      this.#afterLeft -= 1;
    } else if (sign === "-") {
      this.lines.push({ kind: "deleted", before: this.#before++, after: null, text });
      this.#beforeLeft -= 1;
    } else if (sign === "\\") {
      this.lines.push({ kind: "note", before: null, after: null, text: "No newline at end of file" });
    } else {
      this.lines.push({ kind: "context", before: this.#before++, after: this.#after++, text });
      this.#beforeLeft -= 1;
      this.#afterLeft -= 1;
    }
  }

  #betweenHunks(line: string): void {
    const hunk = HUNK.exec(line);
    if (hunk !== null) {
      const [, beforeStart, beforeCount = "1", afterStart, afterCount = "1", where = ""] = hunk;
      [this.#before, this.#after] = [Number(beforeStart), Number(afterStart)];
      [this.#beforeLeft, this.#afterLeft] = [Number(beforeCount), Number(afterCount)];
      // A hunk that begins where the file does needs no mark.
      const isStart = this.lines.length === 0 && (this.#afterLeft > 0 ? this.#after : this.#before) === 1;
      if (!isStart) this.lines.push({ kind: "hunk", before: null, after: null, text: where });
    } else if (/^(?:Binary files .* differ|GIT binary patch)$/.test(line)) {
      this.lines.push({ kind: "note", before: null, after: null, text: "Binary file" });
    }
  }
}
