import { isObject, parseJson } from "../../json-object.ts";

const BLANK = /[\t\n\r ]/;

/**
 * The text of a JSON object that arrives in pieces, and whether it is whole. Each letter is looked at once, and all of it is
 * parsed once, when it closes: a provider may send a letter at a time, after a million others.
 */
export class GrowingObject {
  #text = "";
  /** Pieces that were not looked at. Letters of the whole text would have to be joined for each look. */
  #unseen: string[] = [];
  /** Letters that were. */
  #seen = 0;
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #state: "open" | "whole" | "never" = "open";

  get text(): string {
    return this.#text;
  }

  add(piece: string): void {
    this.#text += piece;
    if (this.#state !== "never") this.#unseen.push(piece);
  }

  /** Whether it is an object that is complete. */
  get isWhole(): boolean {
    for (const piece of this.#unseen) {
      for (let at = 0; at < piece.length && this.#state !== "never"; at++) {
        this.#seen += 1;
        this.#look(piece.charAt(at));
      }
    }
    this.#unseen = [];
    return this.#state === "whole";
  }

  #look(letter: string): void {
    if (this.#state === "whole") {
      if (!BLANK.test(letter)) this.#state = "never";
    } else if (this.#isEscaped) this.#isEscaped = false;
    else if (this.#isInString) {
      if (letter === "\\") this.#isEscaped = true;
      else if (letter === '"') this.#isInString = false;
    } else if (letter === "{" || letter === "[") {
      if (this.#depth === 0 && letter === "[") this.#state = "never";
      this.#depth += 1;
    } else if (this.#depth === 0) {
      if (!BLANK.test(letter)) this.#state = "never";
    } else if (letter === '"') this.#isInString = true;
    else if (letter === "}" || letter === "]") {
      this.#depth -= 1;
      if (this.#depth > 0) return;
      this.#state = isObject(parseJson(this.#text.slice(0, this.#seen))) ? "whole" : "never";
    }
  }
}
