/** Terminal colours and attributes (ECMA-48, SGR). Hidden text (8) is ignored: nothing may be invisible. */
export class SgrState {
  /** By kind: a new text colour replaces the old one. */
  readonly #codes = new Map<string, string>();
  #text: string | null = "";

  /** @param parameters between `ESC [` and `m` */
  apply(parameters: string): void {
    this.#text = null;
    const values = parameters.slice(0, MAX_LENGTH).split(";");
    for (let place = 0; place < values.length; place++) {
      const code = Number(values[place]);
      const about = WIDE.get(code);
      if (about === undefined) this.#one(code);
      else {
        const length = values[place + 1] === "5" ? 3 : values[place + 1] === "2" ? 5 : 1;
        const wide = values.slice(place, place + length);
        if (length > 1 && wide.length === length && wide.slice(2).every(isByte)) {
          this.#codes.set(about, wide.join(";"));
        }
        place += length - 1;
      }
    }
  }

  #one(code: number): void {
    if (code === 0) this.#codes.clear();
    else if (code === 22) {
      this.#codes.delete("1");
      this.#codes.delete("2");
    } else if (code === 21 || code === 24) this.#codes.delete("4");
    else if (code >= 23 && code <= 29) this.#codes.delete(String(code - 20));
    else if (code === 39) this.#codes.delete("text");
    else if (code === 49) this.#codes.delete("ground");
    else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) this.#codes.set("text", String(code));
    else if ((code >= 40 && code <= 47) || (code >= 100 && code <= 107))
      this.#codes.set("ground", String(code));
    else if (EMPHASIS.has(code)) this.#codes.set(String(code), String(code));
  }

  /** As escape sequences, one per colour, as the renderer expects. */
  toString(): string {
    this.#text ??= [...this.#codes.values()].map((code) => `\u001B[${code}m`).join("");
    return this.#text;
  }
}

/** Larger values are not colours. */
const MAX_LENGTH = 120;
const WIDE = new Map([
  [38, "text"],
  [48, "ground"],
  [58, "underline"],
]);
/** Bold, dim, italic, underlined, inverse, struck. */
const EMPHASIS = new Set([1, 2, 3, 4, 7, 9]);

const isByte = (value: string): boolean => /^\d{1,3}$/.test(value) && Number(value) < 256;
