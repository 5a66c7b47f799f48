import { readBlocks } from "./bounded-lexer.ts";

/** Markdown split into its top-level blocks, while it grows. */
export interface Blocks {
  readonly text: string;
  /** Sources of the blocks; joined they are the text. All but the last few are final. */
  readonly blocks: readonly string[];
  /** Link definitions (`[name]: url`), which apply to all blocks. */
  readonly definitions: string;
}

export const NO_BLOCKS: Blocks = { text: "", blocks: [], definitions: "" };

/**
 * Blocks that are parsed again when text is added: what follows a blank line may still belong to the list before it,
 * and a line of dashes turns the paragraph above into a heading.
 */
const OPEN_BLOCKS = 3;

/** Starts a new block: it can't interrupt a paragraph (CommonMark 4.7). */
const DEFINITION = /^ {0,3}\[[^\]]+\]:/;

/** @param before the split of a shorter version of the text; only the addition is parsed then. */
export function splitBlocks(text: string, before: Blocks = NO_BLOCKS): Blocks {
  if (text === before.text) return before;
  if (!text.startsWith(before.text)) return splitBlocks(text);
  const kept = before.blocks.slice(0, Math.max(0, before.blocks.length - OPEN_BLOCKS));
  const start = kept.reduce((length, block) => length + block.length, 0);
  const blocks = [...kept, ...windowsOf(text.slice(start)).flatMap(topLevel)];
  const definitions = blocks.filter((block) => DEFINITION.test(block)).map((block) => block.trim());
  return { text, blocks, definitions: definitions.join("\n") };
}

function topLevel(source: string): string[] {
  const blocks: string[] = [];
  for (const { type, raw } of readBlocks(source)) {
    // Blank lines belong to the block before them.
    if (type === "space" && blocks.length > 0) blocks[blocks.length - 1] += raw;
    else blocks.push(raw);
  }
  return blocks;
}

/**
 * Maximum parsed at once, in UTF-16 units, because parsing can be quadratic. Past the first limit it is cut at the next
 * blank line, past the second at the next line.
 */
const WINDOW = 8_000;
const MAX_WINDOW = 16_000;

/** Cuts a long text at blank lines outside code. */
function windowsOf(text: string): string[] {
  if (text.length <= MAX_WINDOW) return [text];
  const windows: string[] = [];
  let start = 0;
  let fence: string | null = null;
  for (const line of text.matchAll(/^.*\n/gm)) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line[0])?.[1];
    if (fence === null) fence = mark ?? null;
    else if (mark?.startsWith(fence) === true) fence = null;
    const end = line.index + line[0].length;
    const size = end - start;
    if (fence !== null || size < WINDOW || (line[0].trim() !== "" && size < MAX_WINDOW)) continue;
    windows.push(text.slice(start, end));
    start = end;
  }
  return [...windows, text.slice(start)];
}

/** The same for a growing text, with its previous parts cached. */
export class BlockSplitter {
  #before: Blocks = NO_BLOCKS;

  split(text: string): Blocks {
    this.#before = splitBlocks(text.replaceAll("\r\n", "\n"), this.#before);
    return this.#before;
  }
}
