import { plainText } from "../terminal/plain-text.ts";

/**
 * A block of a model's answer while it streams. Newlines are held back until text follows, so that no answer starts or
 * ends with empty lines.
 */
export class TextBlock {
  #received = "";
  /** White space since the last text, piece by piece: joining it each time would take quadratic time. */
  #held: string[] = [];
  #printed = false;

  /** @returns what to print now. */
  add(text: string): string {
    this.#received += text;
    return this.#print(text);
  }

  /**
   * @param whole the block's whole text; it overrides whatever deltas arrived
   * @returns what to print to complete it
   */
  end(whole: string): string {
    if (whole.startsWith(this.#received)) return this.#print(whole.slice(this.#received.length));
    // The replay started inside the block, so what was missed is already on screen.
    if (whole.endsWith(this.#received)) return "";
    this.#held = [];
    return `\n${this.#print(whole)}`;
  }

  #print(text: string): string {
    const piece = plainText(text);
    const shown = piece.trimEnd();
    if (shown === "") {
      // Before any text, blank lines are dropped for good.
      if (this.#printed) this.#held.push(piece);
      return "";
    }
    const all = this.#held.join("") + shown;
    this.#held = [piece.slice(shown.length)];
    const result = this.#printed ? all : all.replace(/^\s*\n/, "");
    this.#printed = true;
    return result;
  }
}
