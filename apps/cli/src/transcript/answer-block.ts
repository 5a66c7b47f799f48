import { MarkdownStream } from "../markdown/markdown-stream.ts";
import type { Look } from "./look.ts";
import { TextBlock } from "./text-block.ts";

/** One block of a model's answer: formatted Markdown on a colour terminal, plain text elsewhere. */
export class AnswerBlock {
  readonly #text = new TextBlock();
  readonly #markdown: MarkdownStream | null;

  constructor({ colors, width }: Pick<Look, "colors" | "width">) {
    this.#markdown = colors.isColorSupported ? new MarkdownStream(colors, width) : null;
  }

  /** @returns what to print now */
  add(text: string): string {
    const piece = this.#text.add(text);
    return this.#markdown?.write(piece) ?? piece;
  }

  /**
   * @param whole the block's whole text
   * @returns what to print to complete it
   */
  end(whole: string): string {
    const piece = this.#text.end(whole);
    return this.#markdown === null ? piece : this.#markdown.write(piece) + this.#markdown.end();
  }
}
