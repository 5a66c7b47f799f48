import { readBlocks } from "./bounded-lexer.ts";

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
  const blocks = [...kept, ...windowsOf(text.slice(start)).flatMap(topLevel)];
  const definitions = blocks.filter((block) => DEFINITION.test(block)).map((block) => block.trim());
  return { text, blocks, definitions: definitions.join("\n") };
}

function topLevel(source: string): string[] {
  const blocks: string[] = [];
  for (const { type, raw } of readBlocks(source)) {
    // Blank lines stay with the block that they follow.
    if (type === "space" && blocks.length > 0) blocks[blocks.length - 1] += raw;
    else blocks.push(raw);
  }
  return blocks;
}

/**
 * Text that is read at once, in UTF-16 units: for some texts the time that it takes grows with its square. From the
 * first on it is cut at the next blank line, from the second on at the next line.
 */
const WINDOW = 8_000;
const MAX_WINDOW = 16_000;

/** Cuts a long text at blank lines that are not within code. */
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

/** The same for a text that grows, which keeps what it was cut into. */
export class BlockSplitter {
  #before: Blocks = NO_BLOCKS;

  split(text: string): Blocks {
    this.#before = splitBlocks(text.replaceAll("\r\n", "\n"), this.#before);
    return this.#before;
  }
}
