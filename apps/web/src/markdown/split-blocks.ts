import { lexer } from "marked";

/** Markdown cut into its top-level blocks, as far as the text goes yet. */
export interface Blocks {
  readonly text: string;
  /** Source of each block; joined they are the text. Those before the last few never change again. */
  readonly blocks: readonly string[];
  /** Link definitions (`[name]: url`), which hold for all blocks wherever they stand. */
  readonly definitions: string;
}

export const NO_BLOCKS: Blocks = { text: "", blocks: [], definitions: "" };

/**
 * Blocks that are read again when text is added: what follows a blank line may still belong to the list before it, and
 * a line of dashes makes a heading of the paragraph above.
 */
const OPEN_BLOCKS = 3;

/** As a block of its own, for it cannot stand within a paragraph (CommonMark 4.7). */
const DEFINITION = /^ {0,3}\[[^\]]+\]:/;

/** @param before what the same text was cut into when it was shorter; only what was added costs anything then. */
export function splitBlocks(text: string, before: Blocks = NO_BLOCKS): Blocks {
  if (text === before.text) return before;
  if (!text.startsWith(before.text)) return splitBlocks(text);
  const kept = before.blocks.slice(0, Math.max(0, before.blocks.length - OPEN_BLOCKS));
  const start = kept.reduce((length, block) => length + block.length, 0);
  const added: string[] = [];
  for (const token of lexer(text.slice(start), { gfm: true })) {
    // Blank lines stay with the block that they follow.
    if (token.type === "space" && added.length > 0) added[added.length - 1] += token.raw;
    else added.push(token.raw);
  }
  const blocks = [...kept, ...added];
  const definitions = blocks.filter((block) => DEFINITION.test(block)).map((block) => block.trim());
  return { text, blocks, definitions: definitions.join("\n") };
}

/** The same for a text that grows, which keeps what it was cut into. */
export class BlockSplitter {
  #before: Blocks = NO_BLOCKS;

  split(text: string): Blocks {
    this.#before = splitBlocks(text, this.#before);
    return this.#before;
  }
}
