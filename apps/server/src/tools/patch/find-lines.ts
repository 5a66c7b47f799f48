/** How lines are compared: exactly first, then as people would not notice the difference. */
const READINGS: readonly ((line: string) => string)[] = [
  (line) => line,
  (line) => line.trimEnd(),
  (line) => line.trim(),
  plainPunctuation,
];

export interface Found {
  at: number;
  /** It only fits if spaces, or kinds of dashes and quotes, do not count. */
  isRough: boolean;
}

/** Finds runs of lines, each in time linear in the file and in what is sought. */
export class LineFinder {
  readonly #lines: readonly string[];
  readonly #readings: { ids: Map<string, number>; lines: Int32Array }[] = [];
  /** Lines that were compared so far. */
  steps = 0;

  constructor(lines: readonly string[]) {
    this.#lines = lines;
  }

  /**
   * @param from the first line that may be part of it.
   * @param options.near prefers the match that starts closest to this line; absent: the first one.
   * @param options.isAtEnd prefers the match that ends with the file.
   */
  find(part: readonly string[], from: number, options: { near?: number; isAtEnd?: boolean }): Found | null {
    for (const [level, reading] of READINGS.entries()) {
      const { ids, lines } = this.#reading(level, reading);
      const wanted = Int32Array.from(part, (line) => ids.get(reading(line)) ?? -1);
      const end = lines.length - wanted.length;
      const at =
        options.isAtEnd === true && end >= from && wanted.every((id, index) => lines[end + index] === id)
          ? end
          : this.#search(lines, wanted, from, options.near);
      if (at !== null) return { at, isRough: level > 0 };
    }
    return null;
  }

  #reading(level: number, reading: (line: string) => string) {
    const known = this.#readings[level];
    if (known !== undefined) return known;
    const ids = new Map<string, number>();
    const lines = Int32Array.from(this.#lines, (line) => {
      const text = reading(line);
      const id = ids.get(text) ?? ids.size;
      ids.set(text, id);
      return id;
    });
    this.steps += this.#lines.length;
    return (this.#readings[level] = { ids, lines });
  }

  /** Knuth, Morris, Pratt. */
  #search(lines: Int32Array, wanted: Int32Array, from: number, near: number | undefined): number | null {
    if (wanted.includes(-1)) return null;
    const borders = bordersOf(wanted);
    this.steps += wanted.length;
    let best: number | null = null;
    let matched = 0;
    for (let at = from; at < lines.length; at++) {
      this.steps++;
      while (matched > 0 && wanted[matched] !== lines[at]) matched = borders[matched - 1] ?? 0;
      if (wanted[matched] === lines[at]) matched++;
      if (matched < wanted.length) continue;
      const found = at + 1 - wanted.length;
      if (near === undefined) return found;
      if (best !== null && Math.abs(found - near) >= Math.abs(best - near)) return best;
      best = found;
      matched = borders[matched - 1] ?? 0;
    }
    return best;
  }
}

function bordersOf(part: Int32Array): Int32Array {
  const borders = new Int32Array(part.length);
  for (let at = 1, length = 0; at < part.length; at++) {
    while (length > 0 && part[at] !== part[length]) length = borders[length - 1] ?? 0;
    if (part[at] === part[length]) length++;
    borders[at] = length;
  }
  return borders;
}

/** Models write ASCII where a text has typographic signs. */
function plainPunctuation(line: string): string {
  return line
    .trim()
    .replace(/[\u2010-\u2015\u2212]/g, "-")
    .replace(/[\u2018-\u201b]/g, "'")
    .replace(/[\u201c-\u201f]/g, '"')
    .replace(/[\u00a0\u2002-\u200a\u202f\u205f\u3000]/g, " ");
}
