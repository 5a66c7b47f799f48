import { plainText } from "../terminal/plain-text.ts";

/**
 * One block of a model's answer on its way to the screen. It holds newlines at the end back until something follows
 * them, so that no answer begins or ends in empty lines.
 */
export class TextBlock {
  #received = "";
  #held = "";
  #printed = false;

  /** @returns what to print now. */
  add(text: string): string {
    this.#received += text;
    return this.#print(text);
  }

  /**
   * @param whole the block's whole text, which is the truth whatever was lost of its deltas on the way
   * @returns what to print to complete it
   */
  end(whole: string): string {
    if (whole.startsWith(this.#received)) return this.#print(whole.slice(this.#received.length));
    // Joined in the middle of it: what was missed stands above the cursor.
    if (whole.endsWith(this.#received)) return "";
    this.#held = "";
    return `\n${this.#print(whole)}`;
  }

  #print(text: string): string {
    const all = this.#held + plainText(text);
    const shown = all.trimEnd();
    // Without anything before them, newlines are dropped for good.
    if (!this.#printed && shown === "") return "";
    this.#held = all.slice(shown.length);
    const result = this.#printed ? shown : shown.replace(/^\s*\n/, "");
    this.#printed = true;
    return result;
  }
}
