const NUL = 0;
const LINE_FEED = 10;

/** Characters of a line that are shown; minified files have lines of megabytes. */
const MAX_LINE_LENGTH = 500;
const MAX_LINE_BYTES = 4 * MAX_LINE_LENGTH;
const MAX_PATH_BYTES = 8_192;

export interface MatchLimits {
  lines: number;
  /** UTF-16 units of everything that is shown. */
  length: number;
}

/**
 * Reads what ripgrep writes with `--null`, in pieces: `PATH NUL LINE LF`, or `PATH NUL` alone. Holds a line at a time, and what is
 * shown.
 */
export class MatchOutput {
  readonly #limits: MatchLimits;
  readonly #kind: "lines" | "paths";
  readonly #shown: string[] = [];
  #lastPath: string | undefined;
  #length = 0;
  #lines = 0;
  #path: string | undefined;
  #bytes: number[] = [];
  #isClipped = false;
  /** Something was left out. */
  isFull = false;

  constructor(kind: "lines" | "paths", limits: MatchLimits) {
    this.#kind = kind;
    this.#limits = limits;
  }

  push(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (this.isFull) return;
      if (this.#path === undefined) {
        if (byte === NUL) this.#endPath();
        else if (this.#bytes.length < MAX_PATH_BYTES) this.#bytes.push(byte);
      } else if (byte === LINE_FEED) {
        this.#endLine();
      } else if (this.#bytes.length < MAX_LINE_BYTES) {
        this.#bytes.push(byte);
      } else {
        this.#isClipped = true;
      }
    }
  }

  /** Files by their paths, each followed by its lines. */
  text(): string {
    return this.#shown.join("\n");
  }

  #take(): string {
    const text = Buffer.from(this.#bytes).toString("utf8");
    this.#bytes = [];
    return text;
  }

  #endPath(): void {
    const path = showPath(this.#take().replace(/^\.\//, ""));
    if (this.#kind === "paths") this.#add(path);
    else this.#path = path;
  }

  /** `12:text` of a match, `12-text` of a line around one. */
  #endLine(): void {
    const isClipped = this.#isClipped;
    const line = this.#take().replace(/\r$/, "");
    const path = this.#path ?? "";
    this.#path = undefined;
    this.#isClipped = false;
    if (this.#lines >= this.#limits.lines) {
      this.isFull = true;
      return;
    }
    if (path !== this.#lastPath) {
      if (this.#lastPath !== undefined) this.#shown.push("");
      this.#shown.push(path);
      this.#length += path.length + 2;
      this.#lastPath = path;
    }
    const cut =
      line.length > MAX_LINE_LENGTH ? line.slice(0, MAX_LINE_LENGTH).replace(/[\uD800-\uDBFF]$/, "") : line;
    this.#add(isClipped || cut.length < line.length ? `${cut} […]` : cut);
  }

  #add(line: string): void {
    if (this.#lines >= this.#limits.lines || this.#length + line.length > this.#limits.length) {
      this.isFull = true;
      return;
    }
    this.#lines += 1;
    this.#length += line.length + 1;
    this.#shown.push(line);
  }
}

/** A name may contain line breaks, which would make one file look like several. */
function showPath(path: string): string {
  return path.replace(
    // oxlint-disable-next-line no-control-regex -- these are what is looked for
    /[\u0000-\u001f\u007f-\u009f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
