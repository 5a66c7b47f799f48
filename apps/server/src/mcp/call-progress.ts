import { cleanText } from "./clean-text.ts";

/** Characters of one message, and of all of a call: each is stored. */
const MAX_LENGTH = 1_000;
const MAX_TOTAL = 65_536;

/** Shows how a call gets on: of what is said while the former is being stored, the last. A server says as much as it likes. */
export class CallProgress {
  readonly #show: (text: string) => Promise<void>;
  #next: string | null = null;
  #isShowing = false;
  #left = MAX_TOTAL;

  constructor(show: (text: string) => Promise<void>) {
    this.#show = show;
  }

  say(words: string): void {
    this.#next = words;
    if (!this.#isShowing) void this.#showAll();
  }

  /** Rejects never: what could not be stored is told by whoever shows it. */
  async #showAll(): Promise<void> {
    this.#isShowing = true;
    try {
      while (this.#next !== null && this.#left > 0) {
        const text = `${cleanText(this.#next, MAX_LENGTH)}\n`;
        this.#next = null;
        this.#left -= text.length;
        await this.#show(text);
      }
    } catch {
      this.#left = 0;
    } finally {
      this.#isShowing = false;
    }
  }
}
